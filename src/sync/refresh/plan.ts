import type { Day } from '../../domain/day.ts'
import { differences, idOfWrite, type RowWrite } from '../../domain/row-differences.ts'
import type { Row, RowId } from '../../domain/row.ts'
import type { GenerationId, IndexStore, StoredRow } from '../../ports/index-store.ts'
import type { ChangedKey } from '../../ports/run-workspace.ts'
import type { SyncSettings } from '../context.ts'
import { KeyScope } from './key-scope.ts'
import { RowReading } from './row-reading.ts'
import { readScope, type ScopedTarget } from './scope-reading.ts'
import type { KeyedSources, SourceRecords } from './source-reading.ts'
import { unknownKeys } from './unknown-keys.ts'
import type { RefusedRow, WantedRows } from './wanted-rows.ts'

/** A generation to look at, and the day that its rows are for. */
export interface PlanTarget {
  readonly generation: GenerationId
  readonly day: Day
}

/** What a refresh would write to one row. */
export interface PlannedWrite {
  readonly id: RowId
  readonly op: RowWrite['op']
  /** The row as it is stored; null for a `create`. */
  readonly before: StoredRow | null
  /** The row that the sources require; null for a `delete`. */
  readonly after: Row | null
}

/** What a refresh of keys would do in one generation, and from what. */
export interface RefreshPlan {
  /** What the sources have for the keys, and for all that these lead to. The same in the plans of all targets. */
  readonly records: SourceRecords
  /** The rows of the generation that the keys lead to. */
  readonly stored: readonly StoredRow[]
  /** The rows that the sources require. */
  readonly wanted: readonly Row[]
  /** Records that a rule refuses: they have no row. */
  readonly refused: readonly RefusedRow[]
  /** None if the generation is as the sources require. */
  readonly writes: readonly PlannedWrite[]
  /** Keys that neither a source nor the generation knows. */
  readonly unknown: readonly ChangedKey[]
}

export interface PlanContext {
  readonly store: Pick<IndexStore, 'get' | 'findByNumbers'>
  readonly settings: Pick<SyncSettings, 'trainees' | 'bodies'>
}

/**
 * What `RefreshKeys` would do, without doing it: the same reading and the same decisions. One result for each target, in
 * order. Rejects if the sources cannot be read. Any process may call it, beside the writer; where rows or sources change
 * meanwhile, or rows that were written are not visible to searches yet, the plan may say what is not so a moment later. The
 * generations must be of this version of the rules (`ASSEMBLE_VERSION`).
 */
export async function planRefresh(
  { store, settings }: PlanContext,
  sources: KeyedSources,
  targets: readonly PlanTarget[],
  keys: readonly ChangedKey[],
): Promise<readonly PromiseSettledResult<RefreshPlan>[]> {
  const scope = new KeyScope(keys)
  const planned = targets.map((target) => new PlannedTarget(store, target))
  const found = await readScope(planned, scope, sources, settings)
  if (found !== null) for (const { target, wanted } of found.read) target.plan(scope, found.records, wanted)
  return planned.flatMap(({ result }) => result ?? [])
}

class PlannedTarget implements ScopedTarget {
  result: PromiseSettledResult<RefreshPlan> | null = null
  readonly day: Day
  readonly #reading: RowReading

  constructor(store: PlanContext['store'], { generation, day }: PlanTarget) {
    this.day = day
    this.#reading = new RowReading(store, generation)
  }

  isRead(scope: KeyScope): boolean {
    return this.#reading.isComplete(scope)
  }

  async read(scope: KeyScope): Promise<void> {
    try {
      await this.#reading.read(scope)
    } catch (reason) {
      this.result = { status: 'rejected', reason }
    }
  }

  plan({ given }: KeyScope, records: SourceRecords, { rows: wanted, refused }: WantedRows): void {
    const stored = this.#reading.rows
    const known = new Map(stored.map((each) => [each.row.id, each]))
    const writes = differences(stored, wanted).map((write): PlannedWrite => {
      const id = idOfWrite(write)
      return { id, op: write.op, before: known.get(id) ?? null, after: write.op === 'delete' ? null : write.row }
    })
    const unknown = unknownKeys(
      given,
      records,
      stored.map(({ row }) => row),
    )
    this.result = { status: 'fulfilled', value: { records, stored, wanted, refused, writes, unknown } }
  }
}
