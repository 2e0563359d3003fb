import { ComparisonTally } from '../../domain/comparison-tally.ts'
import { londonDay, type Day } from '../../domain/day.ts'
import { movedBeyond, movedInWords, movesEnough, type LiveSizes } from '../../domain/moved-share.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { GenerationId } from '../../ports/index-store.ts'
import type { Refusal, Run, RunComparison } from '../../ports/run-ledger.ts'
import { compareGenerations } from '../compare/compare.ts'
import type { WriterContext } from '../lease/writer.ts'
import { readInstallation } from '../records.ts'

/** How the generation of a run differs from live, and why that would hold it back. */
export interface ComparedWithLive {
  /** Null if nothing is live. */
  readonly comparison: RunComparison | null
  /** Why it is held back although it passed its checks: it moves more than the set share. Null if it does not. */
  readonly refusal: Refusal | null
}

/**
 * Compares the generation of a run with live. `onRows` gets the number of rows of the run that were read so far. Rejects
 * STORE_FAILED or GENERATION_UNKNOWN if another goes live meanwhile: then compare again; the reason of the signal.
 */
export async function compareWithLive(
  context: WriterContext,
  run: Run,
  onRows: (rows: number) => void,
  signal: AbortSignal,
): Promise<ComparedWithLive> {
  const { store, ledger, clock } = context
  const { live } = await readInstallation(ledger)
  if (live === null) return { comparison: null, refusal: null }
  const day = londonDay(clock.now())
  const tally = new ComparisonTally(day)
  let rows = 0
  for await (const part of compareGenerations(
    store,
    { before: live.generation, after: run.generation ?? '' },
    signal,
  )) {
    tally.addRows(part.rows)
    for (const difference of part.differences) tally.add(difference)
    rows += part.rows.after
    onRows(rows)
  }
  const { live: now } = await readInstallation(ledger)
  if (now?.generation !== live.generation) {
    throw new RevalError('STORE_FAILED', 'another generation went live meanwhile', { transient: true })
  }
  const comparison: RunComparison = { with: live, day, at: clock.now(), summary: tally.summary() }
  return { comparison, refusal: await refusalOfShare(context, comparison, signal) }
}

async function refusalOfShare(
  context: WriterContext,
  { with: live, day, summary }: RunComparison,
  signal: AbortSignal,
): Promise<Refusal | null> {
  const { previewShare: share, likeness } = context.settings
  if (share === null || !movesEnough(summary, likeness)) return null
  const sizes = await liveSizes(context, live.generation, day, signal)
  const reason = movedInWords(movedBeyond(summary, sizes, share, likeness), share)
  return reason === null ? null : { code: 'PREVIEW_SHARE', reason }
}

async function liveSizes(
  { store }: WriterContext,
  generation: GenerationId,
  day: Day,
  signal: AbortSignal,
): Promise<LiveSizes> {
  const { indexes } = await store.count(generation, day)
  const bodies = new Map<string, number>()
  for await (const { designatedBody, tcsDesignatedBody } of store.documents(generation, 'masterdoctorindex', day)) {
    signal.throwIfAborted()
    const body = String(designatedBody ?? tcsDesignatedBody ?? '')
    bodies.set(body, (bodies.get(body) ?? 0) + 1)
  }
  return { lists: indexes, bodies: Object.fromEntries(bodies) }
}
