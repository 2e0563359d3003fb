import { answerResyncs } from '../app/answer-resyncs.ts'
import { newId } from '../app/sync-context.ts'
import type { Config } from '../config/config.ts'
import { RevalError } from '../errors/reval-error.ts'
import type { ResyncResult } from '../ports/run-ledger.ts'
import { askResync, type ResyncRequest } from '../sync/resync/ask-resync.ts'
import { withReader } from './backends.ts'
import type { CommandContext } from './command.ts'
import { awaitWriter } from './run-elsewhere.ts'
import { withWriterLease } from './writer.ts'

/** How long a command waits for a resync; its help says so. */
export const RESYNC_MINUTES = 10

type Ask = () => Promise<ResyncResult>

/**
 * Refreshes rows: in the integration service that is the writer, or in this process if there is none on embedded
 * backends. Rejects as `askResync` does, NO_INTEGRATION, or DATA_DIR_IN_USE while another command fills the directory.
 */
export function resyncJob(
  { config, signal }: Pick<CommandContext, 'config' | 'signal'>,
  asked: Omit<ResyncRequest, 'timeoutMs'>,
): Promise<ResyncResult> {
  return withReader(config, async (backends) => {
    const request = { ...asked, timeoutMs: RESYNC_MINUTES * 60_000 }
    const ask: Ask = () => askResync({ ...backends, newId }, request, signal)
    if (config.backends === 'servers') await awaitWriter(backends, signal)
    else if (!(await backends.hasActiveWriter())) return resyncHere(config, signal, ask)
    return ask()
  })
}

/** Becomes the writer for as long as it takes. */
async function resyncHere(config: Config, signal: AbortSignal, ask: Ask): Promise<ResyncResult> {
  let asked: PromiseSettledResult<ResyncResult> | undefined
  await withWriterLease(config, signal, async (writer, backends) => {
    const over = new AbortController()
    const asking = Promise.allSettled([ask()]).finally(() => over.abort())
    await answerResyncs(writer, backends, over.signal)
    ;[asked] = await asking
  })
  if (asked?.status === 'fulfilled') return asked.value
  throw asked?.reason ?? new RevalError('DATA_DIR_IN_USE', `another process works on ${config.dataDirectory}`)
}
