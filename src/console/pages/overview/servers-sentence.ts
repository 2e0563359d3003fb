import type { ServersView } from '../../../app/health/health-watch.ts'
import { valueOf } from '../../frame/reading.ts'
import { instant } from '../../words/instants.ts'
import { counted, listed, NOT_KNOWN } from '../../words/numbers.ts'
import type { OverviewFacts } from './facts.ts'

/** Servers, services and the writer, in a sentence each. */
export interface ServersSentence {
  readonly servers: string
  readonly services: string
  readonly writer: string
}

export function serversSentence({ servers, processes, lease }: OverviewFacts, now: number): ServersSentence {
  return { servers: serversText(servers, now), services: servicesText(processes), writer: writerText(lease, now) }
}

function serversText({ servers }: ServersView, now: number): string {
  const all = counted(servers.length, 'server')
  const away = servers.filter(({ state }) => state === 'away')
  if (away.length > 0) {
    const names = away.map(({ name, since }) => (since === null ? name : `${name}, since ${instant(since, now).text}`))
    return `${away.length} of ${all} ${away.length === 1 ? 'is' : 'are'} away: ${listed(names)}`
  }
  const unasked = servers.filter(({ state }) => state === 'unknown').length
  if (unasked === servers.length) return NOT_KNOWN
  if (unasked > 0) return `${unasked} of ${all} not asked yet`
  return servers.length === 1 ? `${servers[0]?.name ?? 'The server'} is working` : `All ${all} are working`
}

function servicesText(processes: OverviewFacts['processes']): string {
  const known = valueOf(processes)
  if (known === null || known.processes.length === 0) return NOT_KNOWN
  const missing = known.missing.map(({ service }) => service)
  return missing.length === 0 ? 'All services are running' : `No process of ${listed(missing)} is running`
}

function writerText(lease: OverviewFacts['lease'], now: number): string {
  if (!lease.known) return NOT_KNOWN
  if (lease.value === null || lease.value.until <= now) return 'No integration process is writing'
  return `${lease.value.holder} is writing`
}
