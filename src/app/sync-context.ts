import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Config } from '../config/config.ts'
import type { MessageTracing, SyncContext, SyncSettings } from '../sync/context.ts'
import type { RunEvents } from '../sync/events.ts'
import type { WorkerBackends } from './backends.ts'

/** Eight lower-case letters and digits: unique within an installation, short enough to type. */
export function newId(): string {
  return randomBytes(5).readUIntBE(0, 5).toString(36).padStart(8, '0')
}

function settingsOf({
  javaPeers,
  rules,
  messages,
  writer,
  claims,
  runs,
  retention,
  sources,
  checks,
  verification,
  liveChanges,
  lists,
}: Config): SyncSettings {
  return {
    trainees: rules.trainees,
    bodies: rules.bodies,
    messageRows: messages.rows,
    messageBytes: messages.bytes,
    sendAheadBytes: messages.sendAheadBytes,
    prefetch: writer.prefetch,
    rowsPerWrite: writer.rowsPerWrite,
    pollMs: writer.pollMs,
    leaseMs: claims.leaseMs,
    writerLeaseMs: writer.leaseMs,
    claimTimeoutMs: claims.timeoutMs,
    claimTries: claims.tries,
    lists: lists.builtAs,
    javaPeers,
    maxRestarts: runs.maxRestarts,
    maxTakeovers: runs.maxTakeovers,
    retention,
    liveChanges,
    stallMs: runs.stallMs,
    quietMs: runs.quietMs,
    sourceLagMs: sources.lagMs,
    verifySettleMs: verification.settleMs,
    likeness: checks.likeness,
    acceptFailures: checks.acceptFailures,
    unprovedShare: checks.unprovedShare,
    previewShare: checks.previewShare,
  }
}

/** The context of the job, from the configuration and the opened backends. */
export function syncContext(
  config: Config,
  backends: WorkerBackends,
  events: RunEvents,
  tracing: MessageTracing | null = null,
): SyncContext {
  const { ledger, store, broker, clock, alone } = backends
  const holder = `${hostname()}:${process.pid}:${newId()}`
  return {
    ledger,
    store,
    broker,
    clock,
    alone,
    events,
    holder,
    newId,
    settings: settingsOf(config),
    ...(tracing !== null && { tracing }),
  }
}
