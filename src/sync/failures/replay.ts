import type { ResyncResult, ResyncScope } from '../../ports/run-ledger.ts'
import type { SyncContext } from '../context.ts'
import { recordDecision } from '../lead/failure-decisions.ts'
import { keysOfRow, keyText } from '../resync/resync-keys.ts'
import { MOST_LISTED } from '../resync/resync-tally.ts'
import type { FoundFailure } from './failure.ts'
import { findFailures, type FailureSelection, type FailureStores } from './find-failures.ts'
import { entryOf, removeFound } from './remove-found.ts'

/** How many keys are refreshed before the failures that are done are removed; a message with more keys is not split. */
const KEYS_PER_BATCH = 500

/** The result of replaying a failure. */
export interface Replayed {
  readonly id: string
  /**
   * `done`: removed, since its rows are right now, or gone from the sources. `failed`: it failed again. `no keys`: there
   * is nothing to refresh. `left to the run`: live is right, and the run in progress refreshes the row when it catches up.
   */
  readonly outcome: 'done' | 'failed' | 'no keys' | 'left to the run'
  /** The code with which it failed again. */
  readonly code: string | null
}

/** Refreshes rows, as a resync does. */
export type Resync = (scope: ResyncScope) => Promise<ResyncResult>

export interface Replaying {
  readonly by: string
  readonly why: string
  readonly resync: Resync
}

/**
 * Refreshes the rows of these failures, and removes the failures whose rows are right now. Rejects FAILURE_UNKNOWN before
 * anything is refreshed, or as the resync does; what was done before the error stays.
 */
export async function replayFailures(
  stores: FailureStores & Pick<SyncContext, 'clock'>,
  selection: FailureSelection,
  { by, why, resync }: Replaying,
): Promise<readonly Replayed[]> {
  const results: Replayed[] = []
  for (const batch of batchesOf(await findFailures(stores, selection))) {
    const replayed = await replayBatch(batch, resync)
    const done = batch.filter((_, at) => replayed[at]?.outcome === 'done')
    await removeFound(stores, done)
    await recordDecision(stores, { action: 'replayed', what: done.map(entryOf), by, why, at: stores.clock.now() })
    results.push(...replayed)
  }
  return results
}

function batchesOf(found: readonly FoundFailure[]): readonly (readonly FoundFailure[])[] {
  const batches: FoundFailure[][] = []
  let keys = 0
  for (const failure of found) {
    keys += failure.listed.keys.length
    const last = batches.at(-1)
    if (last !== undefined && keys <= KEYS_PER_BATCH) last.push(failure)
    else {
      batches.push([failure])
      keys = failure.listed.keys.length
    }
  }
  return batches
}

async function replayBatch(batch: readonly FoundFailure[], resync: Resync): Promise<readonly Replayed[]> {
  const keys = [...new Set(batch.flatMap(({ subjects }) => subjects.keys))]
  const recommendations = [...new Set(batch.flatMap(({ subjects }) => subjects.recommendations))]
  const failed = keys.length + recommendations.length > 0 ? (await resync({ keys, recommendations })).failed : []
  const codes = new Map(failed.flatMap(({ key, code }) => textsOf(key).map((text) => [text, code] as const)))
  // A result lists only the first failed rows: which of the others are done is not known.
  const isUnknown = failed.length >= MOST_LISTED
  return batch.map((failure) => {
    const { id, keys: names } = failure.listed
    if (names.length === 0) return { id, outcome: 'no keys', code: null }
    const code =
      names
        .flatMap(textsOf)
        .map((text) => codes.get(text))
        .find((each) => each !== undefined) ?? null
    if (code !== null || isUnknown) return { id, outcome: 'failed', code }
    const isLeft = failure.listed.generation === 'in progress'
    return { id, outcome: isLeft ? 'left to the run' : 'done', code: null }
  })
}

/** A document may be named with spaces around its number, or without. */
function textsOf(name: string): readonly string[] {
  return keysOfRow(name).keys.map(keyText)
}
