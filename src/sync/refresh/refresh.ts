import type { Day } from '../../domain/day.ts'
import type { Row } from '../../domain/row.ts'
import type { GenerationId } from '../../ports/index-store.ts'
import type { RunId } from '../../ports/run-ledger.ts'
import type { ChangedKey } from '../../ports/run-workspace.ts'
import { KeyScope } from './key-scope.ts'
import { RowOrigins, type Causes } from './row-origins.ts'
import type { RowChange } from './row-writing.ts'
import { readScope, unfinished } from './scope-reading.ts'
import type { KeyedSources } from './source-reading.ts'
import { GenerationMemory, TargetRefresh, type RefreshContext } from './target-refresh.ts'
import type { RefusedRow } from './wanted-rows.ts'

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

export interface RefreshOptions {
  /**
   * Whether tables are made like the master although no row differs. Another process may have begun to write rows of these keys and
   * died: if the sources changed back since, a table has what neither they nor the master have.
   */
  readonly mendTables?: boolean
}

/**
 * Reads these keys from the sources again and updates their rows in each generation, for its own day. Each row that it writes
 * carries the causes; one that is right is left as it is. Afterwards the rows can be found by number (`makeVisible`). Idempotent. One result for each target, in order: what was done, or the error
 * that stopped it. Rejects if the sources cannot be read. Only the writer calls it, one call at a time for a generation. Source:
 * docs/decisions/16-refreshing.md.
 */
export type RefreshKeys = (
  targets: readonly RefreshTarget[],
  keys: readonly ChangedKey[],
  causes: Causes,
  options?: RefreshOptions,
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

  return async (targets, keys, causes, { mendTables = false } = {}) => {
    const scope = new KeyScope(keys)
    const origins = new RowOrigins(context.clock.now(), causes)
    const refreshes = targets.map(
      (target) => new TargetRefresh(context, target, memoryOf(target.generation), { origins, mendTables }),
    )
    for (;;) {
      await Promise.all(unfinished(refreshes).map((refresh) => refresh.begin()))
      const found = await readScope(refreshes, scope, sources, context.settings)
      if (found === null) return refreshes.flatMap(({ result }) => result ?? [])
      await Promise.all(found.read.map(({ target, wanted }) => target.write(scope, found.records, wanted)))
    }
  }
}
