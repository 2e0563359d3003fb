import { bridges } from '../../domain/bridges.ts'
import { inChunks } from '../../domain/chunks.ts'
import { differences, idOfWrite, isStoredAs, type RowWrite } from '../../domain/row-differences.ts'
import type { Row, RowId } from '../../domain/row.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { GenerationId, IndexStore, StoredRow, StoreWrite, WriteOutcome } from '../../ports/index-store.ts'
import type { RowOrigins } from './row-origins.ts'
import type { RefusedRow } from './wanted-rows.ts'

/** A row that a refresh wrote. */
export interface RowChange {
  readonly id: RowId
  /** As it was stored; null if there was none. */
  readonly before: StoredRow | null
  /** Null if it was deleted. */
  readonly after: Row | null
}

export interface RowWritingOptions {
  readonly rowsPerWrite: number
  /** What an earlier refresh wrote before it failed; added to. */
  readonly changes: Map<RowId, RowChange>
  /** The rows of requests without an answer: their tables may be ahead of the master. Added to. */
  readonly unanswered: Set<RowId>
  readonly origins: RowOrigins
  /** Called before each request. */
  readonly beforeWrite: () => void
}

/** Writes the rows of one refresh to one generation. */
export class RowWriting {
  readonly #store: Pick<IndexStore, 'write'>
  readonly #generation: GenerationId
  readonly #rowsPerWrite: number
  readonly #origins: RowOrigins
  readonly #beforeWrite: () => void
  readonly #changes: Map<RowId, RowChange>
  readonly #unanswered: Set<RowId>
  readonly #refused = new Map<RowId, RefusedRow>()

  constructor(
    store: Pick<IndexStore, 'write'>,
    generation: GenerationId,
    { rowsPerWrite, changes, unanswered, origins, beforeWrite }: RowWritingOptions,
  ) {
    this.#store = store
    this.#generation = generation
    this.#rowsPerWrite = rowsPerWrite
    this.#changes = changes
    this.#unanswered = unanswered
    this.#origins = origins
    this.#beforeWrite = beforeWrite
  }

  /** The net changes: none for a row that was restored. */
  get changes(): readonly RowChange[] {
    return [...this.#changes.values()].filter(({ before, after }) =>
      before === null || after === null ? before !== after : !isStoredAs(before, after),
    )
  }

  /** The rows that the store refused. */
  get refused(): readonly RefusedRow[] {
    return [...this.#refused.values()]
  }

  /**
   * Writes the differences between the rows that were read and those that are wanted: creates, then replacements, then
   * deletions. Resolves with false if all must be read again: a row was not as it was read, or bridges were created.
   */
  async write(stored: readonly StoredRow[], wanted: readonly Row[]): Promise<boolean> {
    const read = new Map(stored.map((each) => [each.row.id, each]))
    const rows = stored.map(({ row }) => row)
    const missing = bridges(rows, wanted).filter(({ id }) => !this.#refused.has(id))
    if (missing.length > 0) {
      await this.#send(
        missing.map((row) => ({ op: 'create', row })),
        read,
      )
      return false
    }
    this.#refused.clear()
    const writes = differences(stored, wanted)
    for (const kind of ['create', 'replace', 'delete'] as const) {
      const ofKind = writes.filter(({ op }) => op === kind)
      if (!(await this.#send(ofKind, read))) return false
    }
    return true
  }

  /** Writes of one kind, in any order. False, with the rest not sent, once a row was not as it was read. */
  async #send(writes: readonly RowWrite[], read: ReadonlyMap<RowId, StoredRow>): Promise<boolean> {
    for (const some of inChunks(writes, this.#rowsPerWrite)) {
      this.#beforeWrite()
      for (const write of some) this.#unanswered.add(idOfWrite(write))
      const outcomes = await this.#store.write(
        this.#generation,
        some.map((write) => this.#storeWrite(write, read)),
      )
      for (const write of some) this.#unanswered.delete(idOfWrite(write))
      const isCurrent = some.map((write, at) => this.#record(write, outcomes[at], read))
      if (isCurrent.includes(false)) return false
    }
    return true
  }

  #storeWrite(write: RowWrite, read: ReadonlyMap<RowId, StoredRow>): StoreWrite {
    if (write.op === 'create') return { ...write, origin: this.#origins.of(null, write.row) }
    const id = idOfWrite(write)
    const stored = read.get(id)
    if (stored === undefined) throw new RevalError('INTERNAL', `${id} is to be changed and was not read`)
    const { token } = stored
    return write.op === 'delete'
      ? { ...write, token }
      : { ...write, token, origin: this.#origins.of(stored.row, write.row) }
  }

  /** False if the row was not as it was read. */
  #record(write: RowWrite, outcome: WriteOutcome | undefined, read: ReadonlyMap<RowId, StoredRow>): boolean {
    const id = idOfWrite(write)
    switch (outcome?.status) {
      case 'written': {
        const before = this.#changes.get(id)?.before
        const after = write.op === 'delete' ? null : write.row
        this.#changes.set(id, { id, before: before === undefined ? (read.get(id) ?? null) : before, after })
        return true
      }
      case 'failed':
        this.#refused.set(id, { key: id, code: 'ROW_WRITE_FAILED', reason: outcome.reason })
        return true
      case 'exists':
      case 'conflict':
        return false
      case undefined:
        throw new RevalError('STORE_FAILED', `no outcome reported for writing ${id}`)
    }
  }
}
