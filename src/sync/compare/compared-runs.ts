import { RevalError } from '../../errors/reval-error.ts'
import type { IndexStore } from '../../ports/index-store.ts'
import type { Installation, KeptGeneration, RunLedger } from '../../ports/run-ledger.ts'
import { readInstallation, readRun } from '../records.ts'

/** A kept generation that can be compared. */
export interface ComparedRun extends KeptGeneration {
  readonly kept: KeptName
}

/** Names of kept generations, besides the ids of their runs. */
export const KEPT_NAMES = ['live', 'previous', 'held-back', 'java'] as const
export type KeptName = (typeof KEPT_NAMES)[number]

/**
 * The run of this name: a run id, or one of `KEPT_NAMES`. Rejects NOTHING_LIVE; RUN_UNKNOWN; RUN_IN_PROGRESS if it still
 * builds its generation; GENERATION_UNKNOWN if its generation is not kept.
 */
export async function comparedRun(
  { ledger, store }: { readonly ledger: RunLedger; readonly store: IndexStore },
  name: string,
): Promise<ComparedRun> {
  const installation = await readInstallation(ledger)
  const kept = keptRuns(installation)
  const found = kept.find((each) => each.kept === name || each.run === name)
  if (found === undefined) throw isKeptName(name) ? nothingOf(name, kept) : await notKept(ledger, installation, name)
  const stored = await store.generations()
  if (stored.some(({ id }) => id === found.generation)) return found
  throw new RevalError(
    'GENERATION_UNKNOWN',
    `the generation of run ${found.run} (${found.kept}) is not in the index store`,
  )
}

function isKeptName(name: string): name is KeptName {
  return KEPT_NAMES.some((each) => each === name)
}

function keptRuns({ live, previous, heldBack, java }: Installation): ComparedRun[] {
  const named: readonly (readonly [KeptName, KeptGeneration | null])[] = [
    ['live', live],
    ['previous', previous],
    ['held-back', heldBack],
    // Named beside the others if it is one of them.
    ['java', java],
  ]
  return named.flatMap(([kept, each]) => (each === null ? [] : [{ ...each, kept }]))
}

function nothingOf(name: KeptName, kept: readonly ComparedRun[]): RevalError {
  if (name === 'live') return new RevalError('NOTHING_LIVE', 'no generation is live')
  return new RevalError('GENERATION_UNKNOWN', `no ${name} generation; ${keptText(kept)}`)
}

async function notKept(ledger: RunLedger, installation: Installation, id: string): Promise<RevalError> {
  const { state } = await readRun(ledger, id)
  if (installation.currentRun?.id === id) {
    return new RevalError('RUN_IN_PROGRESS', `run ${id} (${state}) still builds its generation`, {
      details: { run: id },
    })
  }
  const reason = `the generation of run ${id} (${state}) is gone; ${keptText(keptRuns(installation))}`
  return new RevalError('GENERATION_UNKNOWN', reason, { details: { run: id } })
}

function keptText(kept: readonly ComparedRun[]): string {
  if (kept.length === 0) return 'none is kept'
  return `kept: ${kept.map((each) => `${each.run} (${each.kept})`).join(', ')}`
}
