import type { IncomingHttpHeaders } from 'node:http'
import { isLoopback } from '../../../config/loopback.ts'

/**
 * Whether a request to a server without a sign-in may be answered. Programs on this machine may ask; a web page that is open on it
 * must not: neither under a name of its own that resolves to this machine (DNS rebinding), nor from another site.
 */
export function isOfThisMachine(headers: IncomingHttpHeaders): boolean {
  const { host, origin } = headers
  if (host !== undefined && !isLocal(`http://${host}`)) return false
  if (origin !== undefined && !isLocal(origin)) return false
  return headers['sec-fetch-site'] !== 'cross-site'
}

function isLocal(address: string): boolean {
  if (!URL.canParse(address)) return false
  return isLoopback(new URL(address).hostname.replace(/^\[|\]$/g, ''))
}
