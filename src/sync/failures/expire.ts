import { inChunks } from '../../domain/chunks.ts'
import { asRevalError } from '../../errors/reval-error.ts'
import { maskedReason } from '../../errors/masked.ts'
import type { Queue } from '../../ports/broker.ts'
import type { FailedRow } from '../../ports/run-ledger.ts'
import type { WriterContext } from '../lease/writer.ts'
import type { Exclusively } from '../lead/request-answers.ts'
import { decisionEntry, recordDecision } from '../lead/failure-decisions.ts'
import { keptGenerations } from '../keeping-rules.ts'
import { failuresOf } from '../failures-of.ts'
import { readInstallation } from '../records.ts'
import { isOver } from '../run-state.ts'
import { lettersOf, MOST_LETTERS, storesOf } from './find-failures.ts'

/** How often what is too old is removed; the first time when a process becomes the writer. */
const EVERY_MS = 60 * 60_000
/** How many failures are saved at a time. */
const PER_SAVE = 1_000

/**
 * Removes personal data from old failed rows and dead letters, at intervals, until the signal is aborted. An error is a
 * warning, and the next interval tries again.
 */
export async function keepExpiring(
  context: WriterContext,
  exclusively: Exclusively,
  signal: AbortSignal,
): Promise<void> {
  const isStopped = () => signal.aborted
  // Otherwise a failure that a refresh removes meanwhile would come back.
  const expireRowsAlone = () => exclusively(() => expireRows(context))
  while (!isStopped()) {
    for (const expire of [() => expireLetters(context, signal), expireRowsAlone, () => expireRuns(context)]) {
      try {
        await expire()
      } catch (error) {
        if (!isStopped()) context.events.emit('warning', { doing: 'removing old failures', error: asRevalError(error) })
      }
    }
    await context.clock.wait(EVERY_MS, signal)
  }
}

/** Removes dead letters, and records which. One of unknown age stays. Ends early when the signal is aborted. */
export async function expireLetters(context: WriterContext, signal: AbortSignal): Promise<void> {
  const before = expiry(context)
  const isStopped = () => signal.aborted
  for (const queue of storesOf(context).queues) {
    if (isStopped()) return
    // Page by page: a broker gives the oldest first.
    while ((await expireSome(context, queue, before)) === MOST_LETTERS);
  }
}

/** Removes the first dead letters of a queue that are too old, and resolves with their number. */
async function expireSome(context: WriterContext, queue: Queue, before: number): Promise<number> {
  const letters = await lettersOf(context.broker, queue)
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
  const runs = await ledger.runs(settings.keepRuns)
  const old = runs.filter(({ state, finishedAt, generation }) => {
    return isOver(state) && (finishedAt ?? 0) < before && (generation === null || !kept.has(generation))
  })
  if (old.length > 0) await ledger.removeFailuresOf(old.map(({ id }) => id))
}

function expiry({ clock, settings }: WriterContext): number {
  return clock.now() - settings.keepFailuresMs
}

async function recordExpiry(context: WriterContext, what: readonly string[]): Promise<void> {
  const days = Math.round(context.settings.keepFailuresMs / 86_400_000)
  const at = context.clock.now()
  await recordDecision(context, { action: 'expired', what, by: 'reval', why: `older than ${days} days`, at })
}
