import { z } from 'zod'
import type { Finding } from '../ports/finding.ts'
import { GUARANTEES, listsOf, listWriters, lostBeside } from '../ports/peers.ts'
import { SERVICE_NAMES, type ServiceName } from '../ports/run-ledger.ts'
import type { Config } from './config.ts'
import type { SettingFault } from './read-settings.ts'
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

/** Why these services of ours cannot work beside these Java services; nothing else is impossible. */
export function refusedPeers(
  javaPeers: readonly ServiceName[],
  roles: readonly Role[],
  lists: Config['lists']['builtAs'],
): readonly SettingFault[] {
  const setting = 'REVAL_JAVA_PEERS'
  const refused: SettingFault[] = []
  for (const peer of javaPeers) {
    if (roles.includes(peer)) refused.push({ setting, reason: `${peer} is started here, but listed as a Java service` })
  }
  if (javaPeers.includes('integration') && roles.includes('connection')) {
    const reason = 'connection has no work beside a Java integration: there is no generation whose lists it could count'
    refused.push({ setting, reason })
  }
  const writers = listWriters(javaPeers)
  const harm = writers.includes('connection')
    ? 'connection would delete master rows through a view'
    : 'a view refuses what it writes'
  if (writers.length > 0 && lists === 'views' && roles.includes('integration')) {
    refused.push({
      setting: 'REVAL_LISTS',
      value: lists,
      reason: `must be tables beside a Java ${writers.join(' or ')}: ${harm}`,
    })
  }
  return refused
}

/** What follows from the Java services configured. They cannot be detected. */
export function peersFindings({
  javaPeers,
  lists,
}: Pick<Config, 'javaPeers'> & { readonly lists: Pick<Config['lists'], 'builtAs'> }): readonly Finding[] {
  const found = javaPeers.length === 0 ? 'none' : javaPeers.join(', ')
  const peers: Finding = { what: 'Java services (REVAL_JAVA_PEERS)', status: 'ok', found }
  const owners = SERVICE_NAMES.filter((service) => listsOf(service).length > 0).map((service): Finding => {
    const found = `${listsOf(service).join(', ')}: ${writerOf(service, javaPeers, lists.builtAs)}`
    return { what: `lists of ${service}`, status: 'ok', found }
  })
  const lost = lostBeside(javaPeers).map(({ guarantee, peers, left }): Finding => ({
    what: `beside the Java ${peers.join(' and ')}`,
    status: 'warn',
    found: `${GUARANTEES[guarantee]}: ${left}`.replaceAll('`', ''),
  }))
  return [peers, ...owners, ...lost]
}

/** Who writes the lists of a service, in words. */
function writerOf(service: ServiceName, javaPeers: readonly ServiceName[], lists: Config['lists']['builtAs']): string {
  if (javaPeers.includes('integration')) {
    return `written by the Java ${service}, which continues to consume getMaster and masterdoctorview.updated`
  }
  if (javaPeers.includes(service)) return `written by integration and by the Java ${service}`
  return lists === 'views' ? 'views of the master index' : 'written by integration'
}
