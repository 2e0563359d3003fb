import { inChunks } from '../../domain/chunks.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { Run } from '../../ports/run-ledger.ts'
import type { SyncContext } from '../context.ts'
import type { Mutex } from '../wait/mutex.ts'
import { waitingChangesDone } from './waiting-changes.ts'

/** How long the changes in the channels may take to be refreshed, beyond the lag of the source. */
const WAITING_MS = 60_000
const LOOK_EVERY_MS = 5_000
/** How many rows are read at a time: batches of changes wait meanwhile. */
const ROWS_AT_A_TIME = 500

/** A row that was looked at again and still differs. */
export interface Looked {
  /** When a refresh last wrote it, in milliseconds since the epoch; null if none did. */
  readonly refreshedAt: number | null
}

/** Looks again and again at rows that were found to differ. */
export interface Look {
  readonly found: { readonly listed: readonly unknown[] }
  /** Looks again at all that are found and listed. Those that do not differ any more are not. */
  again(signal: AbortSignal): Promise<readonly Looked[]>
}

/**
 * Looks at the rows that differ until no change can be on its way any more. What was built may have a change whose message
 * has not arrived, so live does not have it yet: messages that wait are awaited, and a row is reported only when its change has
 * had `verifySettleMs` to arrive. A Java service may take as long to repeat a change in its table. Rejects VERIFY_VOID if rows
 * differ and the changes that wait are not refreshed in time.
 */
export async function settle(
  context: Pick<SyncContext, 'broker' | 'ledger' | 'clock' | 'settings'>,
  run: Pick<Run, 'id' | 'stages'>,
  looks: readonly Look[],
  signal: AbortSignal,
): Promise<void> {
  const { clock, broker, settings } = context
  if (!settings.liveChanges) return
  // Where messages do not leave the process, a change is in its channel as soon as it is announced.
  const arrivalMs = (broker.capabilities.keepsMessages ? settings.verifySettleMs : 0) + settings.sourceLagMs
  const builtAt = run.stages.comparing?.startedAt ?? clock.now()
  const deadline = clock.monotonic() + 2 * arrivalMs
  while (looks.some(({ found }) => found.listed.length > 0)) {
    const isDone = await waitingChangesDone(context, WAITING_MS + settings.sourceLagMs, signal)
    const looked = (await Promise.all(looks.map((look) => look.again(signal)))).flat()
    if (looked.length === 0) return
    if (!isDone) {
      const what = `changes have waited in the channels for more than ${WAITING_MS / 1000} s`
      throw new RevalError('VERIFY_VOID', `${what}: what differs (${looked.length}) may be theirs`)
    }
    const leftMs = Math.min(reportableAt(looked, { builtAt, arrivalMs }) - clock.now(), deadline - clock.monotonic())
    if (leftMs <= 0) return
    await clock.wait(Math.min(leftMs, LOOK_EVERY_MS), signal)
    signal.throwIfAborted()
  }
}

/**
 * When no change of these rows can be on its way any more: once messages have had time to arrive since the rows were last
 * read from the sources, as what was built or by a refresh. In milliseconds since the epoch.
 */
export function reportableAt(
  looked: readonly Looked[],
  { builtAt, arrivalMs }: { readonly builtAt: number; readonly arrivalMs: number },
): number {
  return looked.reduce((last, { refreshedAt }) => Math.max(last, refreshedAt ?? 0), builtAt) + arrivalMs
}

/**
 * Looks at the rows with these ids, some at a time, each time between two batches of changes, and resolves with all that was
 * seen, in order. Rejects as `look` does, and with the reason of the signal.
 */
export async function lookBetweenBatches<Seen>(
  changes: Mutex,
  ids: readonly string[],
  signal: AbortSignal,
  look: (some: readonly string[]) => Promise<readonly Seen[]>,
): Promise<readonly Seen[]> {
  const seen: Seen[] = []
  for (const some of inChunks(ids, ROWS_AT_A_TIME)) {
    signal.throwIfAborted()
    seen.push(...(await changes.run(() => look(some))))
  }
  return seen
}
