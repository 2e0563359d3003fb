import type * as z from 'zod'
import { PROCESSES as RECORD, type ProcessRecord, type SendWithoutRun } from '../../ports/processes.ts'
import { SERVICE_NAMES, WRITER, type Lease, type RunLedger, type ServiceName } from '../../ports/run-ledger.ts'
import { instant } from '../json/parts.ts'
import type { PROCESS, PROCESSES } from '../json/processes.ts'
import { PRESENCE_EVERY_MS } from './presence.ts'

export type ProcessView = z.infer<typeof PROCESS>
export type SendView = ProcessView['sends'][number]
export type ProcessesView = z.infer<typeof PROCESSES>

/** A process that missed this many records in a row is not seen any more. */
const NOT_SEEN_MS = 3 * PRESENCE_EVERY_MS

/**
 * The processes at an instant, in milliseconds since the epoch. `elsewhere` are services that others run, which do not record
 * themselves.
 */
export function processesView(
  records: readonly ProcessRecord[],
  lease: Lease | null,
  { now, elsewhere = [] }: { readonly now: number; readonly elsewhere?: readonly ServiceName[] },
): ProcessesView {
  const processes = records.map((record) => processView(record, lease, now)).sort((a, b) => (a.name < b.name ? -1 : 1))
  const runs = (service: ServiceName) =>
    processes.some(({ services, state }) => services.includes(service) && (state === 'ready' || state === 'not ready'))
  const missing = SERVICE_NAMES.filter((service) => !elsewhere.includes(service) && !runs(service))
  return { processes, missing: missing.map((service) => ({ service, unseenSeconds: unseen(records, service, now) })) }
}

/** Reads them from the ledger. */
export async function readProcessesView(
  { ledger }: { readonly ledger: RunLedger },
  at: { readonly now: number; readonly elsewhere?: readonly ServiceName[] },
): Promise<ProcessesView> {
  const [found, lease] = await Promise.all([ledger.read('processes', RECORD), ledger.read('lease', WRITER)])
  return processesView(found?.value.processes ?? [], lease?.value ?? null, at)
}

function processView(record: ProcessRecord, lease: Lease | null, now: number): ProcessView {
  const { name, services, version, startedAt, seenAt, away } = record
  const writes = lease !== null && lease.holder === name && lease.until > now
  const state = stateOf(record, now)
  return {
    name,
    services,
    version,
    startedAt: instant(startedAt),
    seenAt: instant(seenAt),
    state,
    away: away ?? [],
    writes,
    leaseUntil: writes ? instant(lease.until) : null,
    sends: record.sends.map((send) => sendView(send, state)),
  }
}

/** A process that is gone no longer sends. */
function sendView(send: SendWithoutRun, process: ProcessView['state']): SendView {
  const isOver = send.endedAt !== null
  const isInterrupted = !isOver && (process === 'stopped' || process === 'not seen')
  return {
    ...send,
    state: isInterrupted ? 'interrupted' : send.state,
    startedAt: instant(send.startedAt),
    endedAt: send.endedAt === null ? null : instant(send.endedAt),
  }
}

function stateOf({ seenAt, stoppedAt, away }: ProcessRecord, now: number): ProcessView['state'] {
  if (stoppedAt !== null) return 'stopped'
  if (now - seenAt > NOT_SEEN_MS) return 'not seen'
  return away === null || away.length === 0 ? 'ready' : 'not ready'
}

function unseen(records: readonly ProcessRecord[], service: ServiceName, now: number): number | null {
  const times = records.filter(({ services }) => services.includes(service)).map(({ seenAt }) => seenAt)
  return times.length === 0 ? null : Math.max(0, Math.round((now - Math.max(...times)) / 1000))
}
