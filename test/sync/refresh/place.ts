import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { openIndexStore } from '../../../src/adapters/index-store/sqlite/open.ts'
import { openRunLedger } from '../../../src/adapters/run-ledger/sqlite/open.ts'
import { openFillableSources } from '../../../src/adapters/sources/sqlite/fillable-sources.ts'
import { openDoctorSource, openExceptionSource, openTraineeSource } from '../../../src/adapters/sources/sqlite/open.ts'
import { assemble, ASSEMBLE_VERSION } from '../../../src/domain/assemble.ts'
import type { Day } from '../../../src/domain/day.ts'
import { DESIGNATED_BODIES } from '../../../src/domain/designated-bodies.ts'
import { LIST_NAMES } from '../../../src/domain/lists.ts'
import type { Row, RowId } from '../../../src/domain/row.ts'
import type { GenerationId, IndexStore, StoreWrite } from '../../../src/ports/index-store.ts'
import type { FailedRow, RunLedger } from '../../../src/ports/run-ledger.ts'
import { failuresOf } from '../../../src/sync/failures-of.ts'
import type { RefreshTarget } from '../../../src/sync/refresh/refresh.ts'
import type { SampledSources } from '../../../src/sync/verify/sample.ts'
import { plantInFile, writeTablesOf } from '../../adapters/index-store/sqlite-planting.ts'
import type { Planted } from '../../contract/index-store/planting.ts'
import { tableOf, tablesOf, whole } from '../../contract/index-store/table-rows.ts'
import { fillWith } from '../../contract/source-filling/filling.ts'
import type { TableRows } from '../../contract/sources/rows.ts'
import { LaggingStore, type Searched } from '../../faults/lagging-store.ts'
import { SETTINGS } from '../a-context.ts'
import type { World } from './world.ts'

export const REFRESH_SETTINGS = { ...SETTINGS, bodies: DESIGNATED_BODIES }

/** Embedded sources, ledger and index store in one folder; searches lag as in an engine. */
export class RefreshPlace {
  readonly sources: SampledSources
  readonly ledger: RunLedger
  readonly #directory: string
  readonly #store: IndexStore
  readonly #close: () => Promise<void>
  /** What searches see outlives the processes. */
  readonly #searched: Searched = new Map()
  #generations = 0

  private constructor(directory: string, store: IndexStore, ledger: RunLedger) {
    const trainees = openTraineeSource({ directory })
    const doctors = openDoctorSource({ directory })
    const exceptions = openExceptionSource({ directory })
    this.#directory = directory
    this.#store = store
    this.ledger = ledger
    this.sources = { trainees, doctors, exceptions }
    this.#close = async () => {
      for (const each of [trainees, doctors, exceptions, store, ledger]) await each.close()
      await rm(directory, { recursive: true })
    }
  }

  /** One for all tests of a file. */
  static forFile(): () => RefreshPlace {
    let place: RefreshPlace | null = null
    before(async () => {
      const directory = await mkdtemp(join(tmpdir(), 'reval-refresh-'))
      place = new RefreshPlace(
        directory,
        await openIndexStore({ directory, ownThread: false }),
        await openRunLedger(directory),
      )
    })
    after(() => (place === null ? undefined : place.#close()))
    return () => place ?? assert.fail('only in a test')
  }

  fill(rows: TableRows): Promise<void> {
    return fillWith(openFillableSources({ directory: this.#directory }), rows)
  }

  /** The store, as another process opens it. */
  openStore(): IndexStore {
    return new LaggingStore(this.#store, this.#searched)
  }

  /**
   * A generation as a run of the day builds it. What it wrote is not visible to searches yet. The lists of every other one are
   * tables, unless it is given.
   */
  async build(world: World, day: Day, hasTables = this.#generations % 2 === 0): Promise<RefreshTarget> {
    const target = { generation: `g${(this.#generations += 1)}`, run: `run-${this.#generations}`, day }
    const store = this.openStore()
    await store.createGeneration({
      ...{ id: target.generation, createdAt: 1, assembleVersion: ASSEMBLE_VERSION },
      ...(hasTables ? { tableDay: day } : {}),
    })
    const { rows, refused } = world.rebuild(day)
    if (rows.size > 0)
      await store.write(
        target.generation,
        [...rows.values()].map((row) => ({ op: 'create', row })),
      )
    await store.fillTables(target.generation, whole())
    await this.ledger.addFailures(
      [...refused].map((key): FailedRow => {
        const stage = key.startsWith('tcs-') ? 'trainees' : 'doctors'
        return { ...target, stage, at: 1, key, code: 'ROW_DATE_IMPOSSIBLE', reason: 'as the run found it' }
      }),
    )
    return target
  }

  async drop({ generation }: RefreshTarget): Promise<void> {
    await this.openStore().dropGeneration(generation)
  }

  /** Changes a row as another program would, behind the store's back. */
  plant({ generation }: RefreshTarget, id: RowId, planted: Planted): Promise<void> {
    return plantInFile(this.#directory, generation, id, planted)
  }

  /** Makes writes in the tables of a generation only, as a process does that dies before it writes the master rows. */
  writeInTablesOnly(generation: GenerationId, writes: readonly StoreWrite[]): Promise<void> {
    return writeTablesOf(this.#directory, generation, writes)
  }

  /**
   * All rows of a generation, those with one of these ids. Rejects if it has others, if the fields and keys of a row do not
   * follow from its parts, or if the tables of the lists are not like the rows.
   */
  async rows({ generation, day }: RefreshTarget, ids: readonly RowId[]): Promise<ReadonlyMap<RowId, Row>> {
    const found = await this.#store.get(generation, ids)
    const { masterdoctorindex: all } = (await this.#store.count(generation, day)).indexes
    if (all !== found.length) throw new Error(`${all} rows in the index, ${found.length} of the ids asked for`)
    for (const { row, document, wrongKeys } of found) {
      assert.deepEqual({ document, wrongKeys }, { document: assemble(row.parts), wrongKeys: [] }, row.id)
    }
    const rows = found.map(({ row }) => row)
    const { tableDay } = (await this.#store.generations()).find(({ id }) => id === generation) ?? {}
    if (tableDay !== undefined) await this.#assertTables(generation, tableDay, rows)
    return new Map(rows.map((row) => [row.id, row]))
  }

  async #assertTables(generation: GenerationId, day: Day, rows: readonly Row[]): Promise<void> {
    const wanted = tablesOf(rows, day)
    for (const list of LIST_NAMES) assert.deepEqual(await tableOf(this.#store, generation, list), wanted[list], list)
  }

  async failures({ generation }: RefreshTarget): Promise<readonly FailedRow[]> {
    return Array.fromAsync(failuresOf(this.ledger, generation))
  }
}
