import * as z from 'zod'
import { serverUrl, setting, type SettingValues } from '../adapters/setting.ts'
import { isLoopback } from './loopback.ts'
import type { SettingFault } from './read-settings.ts'

/** Which installation commands use, if it is not on this machine; see docs/command-line.md. */
export const REMOTE_SETTINGS = {
  url: setting({
    variable: 'REVAL_URL',
    schema: serverUrl(['https', 'http'], 'https://reval.example.org'),
    description:
      'address of the integration service that commands ask, as --url; if not set, they work on this machine',
  }),
  token: setting({
    variable: 'REVAL_TOKEN',
    // One that a header cannot hold would be quoted in the error of the HTTP client.
    schema: z.string().refine((token) => /^[!-~]*$/.test(token), 'must be one word of ASCII characters'),
    description: 'bearer token that commands send to REVAL_URL: of a person, or the operator token there',
    secret: true,
  }),
}

/** A token must not cross a network in clear. */
export function remoteFaults({ url, token }: SettingValues<typeof REMOTE_SETTINGS>): SettingFault[] {
  if (url === '' || token === '') return []
  const { protocol, hostname } = new URL(url)
  if (protocol === 'https:' || isLoopback(hostname.replace(/^\[|\]$/g, ''))) return []
  const reason = 'must be an https:// address, except on this machine: REVAL_TOKEN would be sent in clear'
  return [{ setting: 'REVAL_URL', value: url, reason }]
}
