import type { Day } from '../../domain/day.ts'
import type { Row } from '../../domain/row.ts'
import type { GenerationId } from '../../ports/index-store.ts'
import type { RunId } from '../../ports/run-ledger.ts'
import type { ChangedKey } from '../../ports/run-workspace.ts'
import { KeyScope } from './key-scope.ts'
import type { RowChange } from './row-writing.ts'
import { readSources, type KeyedSources, type SourceRecords } from './source-reading.ts'
import { GenerationMemory, TargetRefresh, type RefreshContext } from './target-refresh.ts'
import { NOTHING_WANTED, wantedRows, type RefusedRow } from './wanted-rows.ts'

/** A generation to refresh rows in, and the day that its rows are for. */
export interface RefreshTarget {
  readonly generation: GenerationId
  /** The run that filled it: failures are recorded with it. */
  readonly run: RunId
  readonly day: Day
}

/** What a refresh did in one generation. */
export interface Refreshed {
  readonly changes: readonly RowChange[]
  /** The rows of the keys as they are now, changed or not. */
  readonly rows: readonly Row[]
  /** Rows that a rule or the store refused; recorded as failures of the generation. */
  readonly failed: readonly RefusedRow[]
  /** Keys that neither a source nor the generation knows. */
  readonly unknown: readonly ChangedKey[]
}

/**
 * Reads these keys from the sources again and updates their rows in each generation, for its own day. Afterwards the rows
 * can be found by number (`makeVisible`). Idempotent. One result for each target, in order: what was done, or the error
 * that stopped it. Rejects if the sources cannot be read. Only the writer calls it, one call at a time for a generation. Source:
 * docs/decisions/16-refreshing.md.
 */
export type RefreshKeys = (
  targets: readonly RefreshTarget[],
  keys: readonly ChangedKey[],
) => Promise<readonly PromiseSettledResult<Refreshed>[]>

/** More generations than are ever kept. */
const MOST_REMEMBERED = 8

/**
 * Refreshes keys for the writer of one term. It remembers which generations are visible and which rows failed, so each
 * term needs its own: its first refresh of a generation makes visible what earlier writers wrote.
 */
export function createRefresh(context: RefreshContext, sources: KeyedSources): RefreshKeys {
  const memories = new Map<GenerationId, GenerationMemory>()
  const memoryOf = (generation: GenerationId): GenerationMemory => {
    const memory = memories.get(generation) ?? new GenerationMemory(context, generation)
    memories.delete(generation)
    memories.set(generation, memory)
    const [oldest] = memories.keys()
    if (memories.size > MOST_REMEMBERED && oldest !== undefined) memories.delete(oldest)
    return memory
  }

  return async (targets, keys) => {
    const scope = new KeyScope(keys)
    const refreshes = targets.map((target) => new TargetRefresh(context, target, memoryOf(target.generation)))
    for (;;) {
      await Promise.all(unfinished(refreshes).map((refresh) => refresh.begin()))
      const records = await readAll(refreshes, scope, sources)
      if (records === null) return refreshes.flatMap(({ result }) => result ?? [])
      const open = unfinished(refreshes)
      const days = [...new Set(open.map(({ day }) => day))]
      const wanted = new Map(days.map((day) => [day, wantedRows(scope, records, day, context.settings)]))
      await Promise.all(open.map((refresh) => refresh.write(scope, records, wanted.get(refresh.day) ?? NOTHING_WANTED)))
    }
  }
}

function unfinished(refreshes: readonly TargetRefresh[]): readonly TargetRefresh[] {
  return refreshes.filter(({ result }) => result === null)
}

/**
 * Reads the rows of all targets, then the sources, until no key is added: the records are newer than all rows. Null once
 * every target has its result.
 */
async function readAll(
  refreshes: readonly TargetRefresh[],
  scope: KeyScope,
  sources: KeyedSources,
): Promise<SourceRecords | null> {
  for (;;) {
    for (;;) {
      const unread = unfinished(refreshes).filter((refresh) => !refresh.isRead(scope))
      if (unread.length === 0) break
      await Promise.all(unread.map((refresh) => refresh.read(scope)))
    }
    if (unfinished(refreshes).length === 0) return null
    const { size } = scope
    const records = await readSources(sources, scope)
    if (scope.size === size) return records
  }
}
