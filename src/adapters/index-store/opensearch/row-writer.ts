import { idOfWrite } from '../../../domain/row-differences.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { GenerationId, Guard, StoreWrite, WriteOutcome } from '../../../ports/index-store.ts'
import type { Bulks } from '../../opensearch/bulks.ts'
import { writerLost } from './faults.ts'
import type { GenerationNames } from './generation-names.ts'
import type { Generations } from './generations.ts'
import { assertNotRefused, tableWriteOf, type TableTarget, type TableWriter } from './tables/write-tables.ts'
import { writeRows } from './write-rows.ts'

/** Writes rows to the master index of a generation, and to its tables once they are filled. */
export class RowWriter {
  readonly #bulks: Bulks
  readonly #names: GenerationNames
  readonly #generations: Generations
  readonly #tables: TableWriter

  constructor(parts: {
    readonly bulks: Bulks
    readonly names: GenerationNames
    readonly generations: Generations
    readonly tables: TableWriter
  }) {
    this.#bulks = parts.bulks
    this.#names = parts.names
    this.#generations = parts.generations
    this.#tables = parts.tables
  }

  async write(
    generation: GenerationId,
    writes: readonly StoreWrite[],
    guard?: Guard,
  ): Promise<readonly WriteOutcome[]> {
    // In one tick with the caller's decision to write: this store may take over while it waits.
    const { term } = this.#generations
    const { tableDay: day, isFilled } = await this.#generations.writable(generation)
    const master = { generation, alias: this.#names.writeAlias(generation, term), guard }
    return this.#asWriter(generation, () =>
      day === undefined || !isFilled
        ? writeRows(this.#bulks, master, writes)
        : this.#writeBoth({ generation, term, day, guard }, writes, (rows) => writeRows(this.#bulks, master, rows)),
    )
  }

  /** Makes rows of the tables, and others of the same people, like those of the master. */
  async mendTables(generation: GenerationId, ids: readonly string[], guard?: Guard): Promise<void> {
    const { term } = this.#generations
    const { tableDay: day, isFilled } = await this.#generations.writable(generation)
    if (day === undefined || !isFilled) return
    await this.#asWriter(generation, async () => {
      assertNotRefused(await this.#tables.mendPeople({ generation, term, day, guard }, ids))
    })
  }

  /** Tables first. Rows that end up otherwise than written in the master are put back. */
  async #writeBoth(
    target: TableTarget,
    writes: readonly StoreWrite[],
    writeMaster: (writes: readonly StoreWrite[]) => Promise<readonly WriteOutcome[]>,
  ): Promise<readonly WriteOutcome[]> {
    const refusals = await this.#tables.write(target, writes.map(tableWriteOf))
    const taken = [...writes.entries()].filter(([, write]) => !refusals.has(idOfWrite(write)))
    const inMaster = await writeMaster(taken.map(([, write]) => write))
    const outcomes = new Map(taken.map(([at], position) => [at, inMaster[position]]))
    const wanting = writes.filter((_, at) => outcomes.get(at)?.status !== 'written').map(idOfWrite)
    const notMended = wanting.length === 0 ? NONE : await this.#tables.mend(target, wanting)
    return writes.map((write, at): WriteOutcome => {
      const reason = refusals.get(idOfWrite(write)) ?? notMended.get(idOfWrite(write))
      return reason === undefined ? (outcomes.get(at) ?? UNANSWERED) : { status: 'failed', reason }
    })
  }

  /** A generation that a write did not find may exist: then its writer is another one. */
  async #asWriter<T>(generation: GenerationId, write: () => Promise<T>): Promise<T> {
    try {
      return await write()
    } catch (error) {
      if (!(error instanceof RevalError) || error.code !== 'GENERATION_UNKNOWN') throw error
      this.#generations.forget(generation)
      await this.#generations.assertExists(generation)
      throw writerLost(generation, error)
    }
  }
}

const NONE: ReadonlyMap<string, string> = new Map()
/** Each write that was sent has an outcome. */
const UNANSWERED: WriteOutcome = { status: 'failed', reason: 'no answer' }
