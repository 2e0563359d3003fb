import type { IncomingHttpHeaders } from 'node:http'
import { isLoopback } from '../../../config/loopback.ts'

/**
 * Whether a server without a sign-in may answer a request. Programs on this machine may call it. Web pages opened on this machine may
 * not, neither under a host name that resolves to it (DNS rebinding) nor from another site.
 */
export function isOfThisMachine(headers: IncomingHttpHeaders): boolean {
  const { host, origin } = headers
  if (host !== undefined && !isLocal(`http://${host}`)) return false
  const site = headers['sec-fetch-site']
  // A form of a page that tells no referrer has no origin either.
  const isOwnForm = origin === 'null' && site === 'same-origin'
  if (origin !== undefined && !isOwnForm && !isLocal(origin)) return false
  return site !== 'cross-site'
}

function isLocal(address: string): boolean {
  if (!URL.canParse(address)) return false
  return isLoopback(new URL(address).hostname.replace(/^\[|\]$/g, ''))
}
