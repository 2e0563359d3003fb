import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the stack made for itself, for localhost and 127.0.0.1; in `STACK_DIR`, where that says so, as the stack does. */
export function certificate(name: 'ca.pem' | 'cert.pem' | 'key.pem'): string {
  const folder = process.env.STACK_DIR ?? join(import.meta.dirname, '../../stack/.data')
  return readFileSync(join(folder, 'tls', name), 'utf8')
}

/** An authority that signed nothing here: `openssl req -x509 -newkey ec -nodes -subj /CN=stranger -days 36500`. */
export const STRANGER = `-----BEGIN CERTIFICATE-----
MIIBfDCCASOgAwIBAgIUXZec3aCJ2MVUb5X7dKGHoq3vtAIwCgYIKoZIzj0EAwIw
EzERMA8GA1UEAwwIc3RyYW5nZXIwIBcNMjYxMTI0MTAyODM3WhgPMjEyNjEwMzEx
MDI4MzdaMBMxETAPBgNVBAMMCHN0cmFuZ2VyMFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAE6MqCxhQuLRvv52jpqoiow7pG8dEOc951ST0HEga0fblXIMJw7dC9Z4oh
PchBZ8kH83vt4+Uu7z0rg8ddDhq9dqNTMFEwHQYDVR0OBBYEFKUCl5HXuGsLqki2
1LrQzzTMclw1MB8GA1UdIwQYMBaAFKUCl5HXuGsLqki21LrQzzTMclw1MA8GA1Ud
EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgQI6HJ4VOHyueY4lcPyr4qnmu
tHS02elNxNjNZHCY/VQCIAZCbEYojIRXjEvkMRp3qLyQ1+XiFuvn0dKWHrxPJcjd
-----END CERTIFICATE-----
`
