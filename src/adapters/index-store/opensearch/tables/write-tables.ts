import { assemble, type AssembledDocument } from '../../../../domain/assemble.ts'
import type { Day } from '../../../../domain/day.ts'
import { belongsTo, documentIn, LIST_NAMES, type ListName } from '../../../../domain/lists.ts'
import type { RowId } from '../../../../domain/row.ts'
import { RevalError } from '../../../../errors/reval-error.ts'
import type { GenerationId, Guard, StoreWrite } from '../../../../ports/index-store.ts'
import type { Engine } from '../../../opensearch/engine.ts'
import type { Bulks, ItemAnswer } from '../../../opensearch/bulks.ts'
import { diskFull, isDiskFull, NOT_FOUND, storeFault } from '../faults.ts'
import type { GenerationNames } from '../generation-names.ts'
import type { Generations } from '../generations.ts'
import type { RowReader } from '../read-rows.ts'
import { reasonIn } from '../write-rows.ts'
import { idsOfSamePeople } from './same-people.ts'

/** The filled tables of a generation, as the writer of a term writes to them. */
export interface TableTarget {
  readonly generation: GenerationId
  readonly term: number
  readonly day: Day
  readonly guard: Guard | undefined
}

/** What tables have to hold of a row; null for nothing. */
export interface TableWrite {
  readonly id: string
  readonly document: AssembledDocument | null
}

/** Why a table refused a row, by its id. */
export type Refusals = ReadonlyMap<string, string>

/** The engine's maximum of bytes in an `_id`. */
const LONGEST_ID = 512

interface Sent {
  readonly id: string
  readonly list: ListName
}

/** Writes rows to the tables of a generation: one bulk for all four. */
export class TableWriter {
  readonly #engine: Engine
  readonly #bulks: Bulks
  readonly #names: GenerationNames
  readonly #generations: Generations
  readonly #rows: RowReader

  constructor(parts: {
    readonly engine: Engine
    readonly bulks: Bulks
    readonly names: GenerationNames
    readonly generations: Generations
    readonly rows: RowReader
  }) {
    this.#engine = parts.engine
    this.#bulks = parts.bulks
    this.#names = parts.names
    this.#generations = parts.generations
    this.#rows = parts.rows
  }

  /** Resolves with what was refused. Rejects WRITER_LOST, GENERATION_UNKNOWN, DISK_FULL, STORE_FAILED; then any may have been written. */
  async write(target: TableTarget, writes: readonly TableWrite[]): Promise<Refusals> {
    const sent: Sent[] = []
    const actions: Buffer[] = []
    for (const { id, document } of writes) {
      for (const list of LIST_NAMES) {
        sent.push({ id, list })
        actions.push(this.#linesOf(target, list, { id, document }))
      }
    }
    const alias = this.#names.writeAlias(target.generation, target.term)
    const answers = await this.#bulks.send({ alias, guard: target.guard }, actions).catch((error: unknown) => {
      throw storeFault(error, target.generation)
    })
    return this.#refusalsIn(target, sent, answers)
  }

  /** Makes all tables like the master for these rows. */
  async mend(target: TableTarget, ids: readonly string[]): Promise<Refusals> {
    const wanted = await this.#wanted(target, ids)
    return wanted.length === 0 ? NONE : this.write(target, wanted)
  }

  /** The same for these rows and for all rows of tables that are of the same people. */
  async mendPeople(target: TableTarget, ids: readonly string[]): Promise<Refusals> {
    const { generation } = target
    const wanted = await this.#wanted(target, ids)
    const tables = LIST_NAMES.map((list) => this.#names.table(list, generation))
    const documents = wanted.flatMap(({ document }) => document ?? [])
    const found = await idsOfSamePeople(this.#engine, tables, documents).catch((error: unknown) => {
      throw storeFault(error, generation)
    })
    const known = new Set(wanted.map(({ id }) => id))
    const others = await this.#wanted(
      target,
      found.filter((id) => !known.has(id)),
    )
    const all = [...wanted, ...others]
    return all.length === 0 ? NONE : this.write(target, all)
  }

  /** What tables have to hold of these rows, as the master has them now. */
  async #wanted({ generation }: TableTarget, ids: readonly string[]): Promise<readonly TableWrite[]> {
    const possible = [...new Set(ids)].filter(isPossible)
    if (possible.length === 0) return []
    const rows = await this.#rows.get({ generation, alias: this.#names.alias(generation) }, possible)
    const documents = new Map(rows.map(({ row, document }) => [row.id, document]))
    return possible.map((id) => ({ id, document: documents.get(id) ?? null }))
  }

  #linesOf({ generation, term, day }: TableTarget, list: ListName, { id, document }: TableWrite): Buffer {
    const place = JSON.stringify({ _index: this.#names.tableWriteAlias(list, generation, term), _id: id })
    if (document === null || !belongsTo(list, document, day)) return Buffer.from(`{"delete":${place}}\n`)
    return Buffer.from(`{"index":${place}}\n${JSON.stringify(documentIn(list, document))}\n`)
  }

  async #refusalsIn(target: TableTarget, sent: readonly Sent[], answers: readonly ItemAnswer[]): Promise<Refusals> {
    const refusals = new Map<RowId, string>()
    let isOneMissing = false
    for (const [at, answer] of answers.entries()) {
      const { error, status } = answer
      // A row to delete that is not there is answered 404, without an error.
      if (error === undefined && status < 500) continue
      const reason = reasonIn(answer)
      if (isDiskFull(error?.type, reason)) throw diskFull(reason)
      isOneMissing ||= error?.type === NOT_FOUND
      const { id, list } = sent[at] ?? { id: '', list: '' }
      if (!refusals.has(id)) refusals.set(id, `table ${list} of generation ${target.generation}: ${reason}`)
    }
    // The writer is another one, or the table is missing.
    if (isOneMissing) await this.#generations.assertWriter(target.generation, target.term)
    return refusals
  }
}

function isPossible(id: string): boolean {
  return id !== '' && Buffer.byteLength(id) <= LONGEST_ID
}

/** What tables have to hold once the write is done. */
export function tableWriteOf(write: StoreWrite): TableWrite {
  if (write.op === 'delete') return { id: write.id, document: null }
  return { id: write.row.id, document: assemble(write.row.parts) }
}

/** Throws if a table refused a row. */
export function assertNotRefused(refusals: Refusals): void {
  const [first] = refusals.values()
  if (first !== undefined) throw new RevalError('STORE_FAILED', `${refusals.size} rows were refused: ${first}`)
}

const NONE: Refusals = new Map()
