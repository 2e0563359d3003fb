import { inChunks } from '../../domain/chunks.ts'
import { maskedReason } from '../../errors/masked.ts'
import type { Queue } from '../../ports/broker.ts'
import type { FailedRow } from '../../ports/run-ledger.ts'
import type { WriterContext } from '../lease/writer.ts'
import { decisionEntry, recordDecision } from '../lead/failure-decisions.ts'
import { keptGenerations } from '../keeping-rules.ts'
import { failuresOf } from '../failures-of.ts'
import { readInstallation } from '../records.ts'
import { isOver } from '../run-state.ts'
import { storesOf, unlessForeign } from '../failures/find-failures.ts'

/** How many dead letters are read at a time: a broker returns them one by one, and they may be large. */
const LETTERS_A_PAGE = 500
/** How many failures are saved at a time. */
const PER_SAVE = 1_000

/** Removes dead letters, and records which. One of unknown age stays. Ends early when the signal is aborted. */
export async function expireLetters(context: WriterContext, signal: AbortSignal): Promise<void> {
  const before = expiry(context)
  const isStopped = () => signal.aborted
  for (const queue of storesOf(context).queues) {
    if (isStopped()) return
    // Page by page: a broker gives the oldest first, so the young ones behind are not read.
    while ((await expireSome(context, queue, before)) === LETTERS_A_PAGE);
  }
}

/** Removes the first dead letters of a queue that are too old, and resolves with their number. */
async function expireSome(context: WriterContext, queue: Queue, before: number): Promise<number> {
  const letters = await unlessForeign(() => context.broker.deadLetters(queue, LETTERS_A_PAGE), [])
  const old = letters.filter(({ at }) => at !== null && at < before)
  if (old.length === 0) return 0
  const removed = await context.broker.removeDeadLetters(
    queue,
    old.map(({ id }) => id),
  )
  await recordExpiry(
    context,
    old.map(({ id, code }) => decisionEntry(queue, id, code)),
  )
  return removed
}

/**
 * Masks the reasons of failed rows in kept generations. Their keys and codes stay, because the next run is compared with them.
 */
export async function expireRows(context: WriterContext): Promise<void> {
  const { ledger } = context
  const before = expiry(context)
  for (const generation of keptGenerations(await readInstallation(ledger))) {
    const masked: FailedRow[] = []
    for await (const failure of failuresOf(ledger, generation)) {
      const reason = maskedReason(failure.code, failure.reason)
      if ((failure.at ?? 0) < before && reason !== failure.reason) masked.push({ ...failure, reason })
    }
    for (const some of inChunks(masked, PER_SAVE)) await ledger.addFailures(some)
    await recordExpiry(
      context,
      masked.map(({ stage, key, code }) => decisionEntry(stage, key, code)),
    )
  }
}

/** Removes the failures of runs that ended without a generation that is kept. */
export async function expireRuns(context: WriterContext): Promise<void> {
  const { ledger, settings } = context
  const before = expiry(context)
  const kept = keptGenerations(await readInstallation(ledger))
  const runs = await ledger.runs(settings.retention.runs)
  const old = runs.filter(({ state, finishedAt, generation }) => {
    return isOver(state) && (finishedAt ?? 0) < before && (generation === null || !kept.has(generation))
  })
  if (old.length > 0) await ledger.removeFailuresOf(old.map(({ id }) => id))
}

function expiry({ clock, settings }: WriterContext): number {
  return clock.now() - settings.retention.failuresMs
}

async function recordExpiry(context: WriterContext, what: readonly string[]): Promise<void> {
  const days = Math.round(context.settings.retention.failuresMs / 86_400_000)
  const at = context.clock.now()
  await recordDecision(context, { action: 'expired', what, by: 'reval', why: `older than ${days} days`, at })
}
