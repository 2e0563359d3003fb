import { z } from 'zod'
import { SERVICE_NAMES, type ServiceName } from '../ports/run-ledger.ts'
import type { Role } from './roles.ts'

/** Service names joined by commas, or `none`. */
export function javaPeers(): z.ZodType<readonly ServiceName[], string> {
  return z.string().transform((text, context) => {
    const named = text
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '')
    if (named.length === 1 && named[0] === 'none') return []
    const services = SERVICE_NAMES.filter((service) => named.includes(service))
    if (services.length === new Set(named).size) return services
    context.addIssue({
      code: 'custom',
      message: `must be none, or a comma-separated list of ${SERVICE_NAMES.join(', ')}`,
    })
    return z.NEVER
  })
}

/**
 * Why these Java services cannot work with what this process runs. Lists are views of the master index here; a Java
 * service that cleans "its" list index through such a name deletes master rows. Source: docs/migrating.md.
 */
export function refusedPeers(peers: readonly ServiceName[], roles: readonly Role[]): readonly string[] {
  const refused: string[] = []
  for (const peer of peers) {
    if (roles.includes(peer)) refused.push(`${peer} is started here, but listed as a Java service`)
  }
  const lists = peers.filter((peer) => peer === 'recommendation' || peer === 'connection')
  if (lists.length > 0 && !peers.includes('integration')) {
    refused.push(
      `a Java ${lists.join(' and ')} cleans list indexes, which are views here; it would delete master rows (docs/migrating.md)`,
    )
  }
  if (peers.includes('integration')) {
    const ours = roles.filter((role) => role === 'recommendation' || role === 'connection')
    for (const role of ours) {
      refused.push(
        `${role} cannot rebuild lists for a Java integration service: ours are views of the master index (docs/migrating.md)`,
      )
    }
  }
  return refused
}
