import { answerResyncs } from '../app/answer-resyncs.ts'
import type { ReaderBackends } from '../app/backends.ts'
import { newId } from '../app/sync-context.ts'
import type { Config } from '../config/config.ts'
import { RevalError } from '../errors/reval-error.ts'
import type { ErasureResult } from '../ports/erasure.ts'
import type { ResyncResult } from '../ports/run-ledger.ts'
import { askErasure, type ErasureRequest } from '../sync/erase/ask-erasure.ts'
import { askResync, type ResyncRequest } from '../sync/resync/ask-resync.ts'
import { audited, type AuditedCommand } from './audited.ts'
import { withReader } from './backends.ts'
import type { CommandContext } from './command.ts'
import { awaitWriter } from './run-elsewhere.ts'
import { withWriterLease } from './writer.ts'

/** How long a command waits for a resync or an erasure; its help says so. */
export const ANSWER_MINUTES = 10
const TIMEOUT_MS = ANSWER_MINUTES * 60_000

type Asking = Pick<CommandContext, 'config' | 'signal'>

/**
 * Refreshes rows: in the integration service that is the writer, or in this process if there is none on embedded
 * backends. Rejects as `askResync` does, NO_INTEGRATION, or DATA_DIR_IN_USE while another command fills the directory.
 * `audit`: null if it is part of a command that is on record.
 */
export function resyncJob(
  context: Asking,
  asked: Omit<ResyncRequest, 'timeoutMs'>,
  audit: AuditedCommand | null = { what: 'reval resync', subject: asked.scope, why: asked.why },
): Promise<ResyncResult> {
  const request = { ...asked, timeoutMs: TIMEOUT_MS }
  return askJob(context, (backends) => askResync({ ...backends, newId }, request, context.signal), audit)
}

/** Erases a person, in the process in which `resyncJob` would refresh rows. Rejects as both `askErasure` and `resyncJob` do. */
export function erasureJob(context: Asking, asked: Omit<ErasureRequest, 'timeoutMs'>): Promise<ErasureResult> {
  const request = { ...asked, timeoutMs: TIMEOUT_MS }
  // The key is not kept.
  const audit = { what: 'reval erase', why: asked.why } as const
  return askJob(context, (backends) => askErasure({ ...backends, newId }, request, context.signal), audit)
}

function askJob<Result>(
  { config, signal }: Asking,
  ask: (backends: ReaderBackends) => Promise<Result>,
  audit: AuditedCommand | null,
): Promise<Result> {
  return withReader(config, (backends) => {
    const answered = async () => {
      if (config.backends === 'servers') await awaitWriter(backends, signal)
      else if (!(await backends.hasActiveWriter())) return answerHere(config, signal, () => ask(backends))
      return ask(backends)
    }
    return audit === null ? answered() : audited(backends, audit, answered)
  })
}

/** Becomes the writer for as long as it takes. */
async function answerHere<Result>(config: Config, signal: AbortSignal, ask: () => Promise<Result>): Promise<Result> {
  let asked: PromiseSettledResult<Result> | undefined
  await withWriterLease(config, signal, async (writer, backends) => {
    const over = new AbortController()
    const asking = Promise.allSettled([ask()]).finally(() => over.abort())
    await answerResyncs(writer, backends, over.signal)
    ;[asked] = await asking
  })
  if (asked?.status === 'fulfilled') return asked.value
  throw asked?.reason ?? new RevalError('DATA_DIR_IN_USE', `another process works on ${config.dataDirectory}`)
}
