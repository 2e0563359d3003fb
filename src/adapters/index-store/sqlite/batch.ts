import type { RowId } from '../../../domain/row.ts'
import type { WriteOutcome } from '../../../ports/index-store.ts'
import { unpackWrites, type PackedOutcomes, type PackedWrite, type PackedWrites } from './packed.ts'
import { versionOf, type CurrentRow, type Rows } from './rows.ts'
import { storable, type StorableRow } from './row-values.ts'

const EXISTS: WriteOutcome = { status: 'exists' }
const CONFLICT: WriteOutcome = { status: 'conflict' }

/** The writes of one batch, each on its own: one that is refused does not undo the others. */
export class Batch {
  readonly #rows: Rows
  readonly #created: RowId[] = []
  readonly #inserted: StorableRow[] = []
  #seq: number

  /** `seq` is the number of the last write before. */
  constructor(rows: Rows, seq: number) {
    this.#rows = rows
    this.#seq = seq
  }

  /** The number of the last write. */
  get seq(): number {
    return this.#seq
  }

  /** The ids of the rows that were created; their keys are the last numbers up to `seq`, in this order. */
  get created(): readonly RowId[] {
    return this.#created
  }

  /**
   * Carries the writes out, within the caller's transaction; `rowsOf` gives the rows that have these ids. Gives what
   * became of those that were not written.
   */
  write(packed: PackedWrites, rowsOf: (ids: readonly RowId[]) => readonly CurrentRow[]): PackedOutcomes {
    const writes = [...unpackWrites(packed)]
    const exceptions: [at: number, outcome: WriteOutcome][] = []
    const keys = writes.flatMap(({ op, token }) => (op === 'create' ? [] : (versionOf(token)?.key ?? [])))
    const current = new Map(this.#rows.versionsOfKeys(keys).map((row) => [row.key, row]))
    const createdIds = writes.flatMap(({ op, id }) => (op === 'create' ? id : []))
    const existing = new Set(rowsOf(createdIds).map(({ id }) => id))
    // What changes first: the keys of what is created follow each other.
    for (const [at, write] of writes.entries()) {
      const refusal = write.op === 'create' ? null : this.#change(write, current)
      if (refusal !== null) exceptions.push([at, refusal])
    }
    const first = this.#seq + 1
    for (const [at, write] of writes.entries()) {
      const refusal = write.op === 'create' ? this.#create(write, existing) : null
      if (refusal !== null) exceptions.push([at, refusal])
    }
    this.#rows.insert(first, this.#created, this.#inserted)
    return exceptions
  }

  #create(write: PackedWrite, existing: Set<RowId>): WriteOutcome | null {
    if (existing.has(write.id)) return EXISTS
    const row = storableOrRefusal(write)
    if ('status' in row) return row
    existing.add(write.id)
    this.#created.push(write.id)
    this.#inserted.push(row)
    this.#seq += 1
    return null
  }

  #change(write: PackedWrite, current: Map<number, CurrentRow>): WriteOutcome | null {
    const version = versionOf(write.token)
    const found = version && current.get(version.key)
    if (!found || found.seq !== version.seq || found.id !== write.id) return CONFLICT
    if (write.op === 'replace') {
      const row = storableOrRefusal(write)
      if ('status' in row) return row
      this.#rows.replace({ key: found.key, seq: this.#seq + 1 }, row)
    } else this.#rows.delete(found.key)
    // A deletion is counted too: what was written last is what is to be made safe.
    this.#seq += 1
    // The version is spent: another write with its token in this batch is a conflict.
    current.delete(found.key)
    return null
  }
}

function storableOrRefusal({ id, parts }: PackedWrite): StorableRow | WriteOutcome {
  try {
    return storable(id, parts)
  } catch (error) {
    return { status: 'failed', reason: error instanceof Error ? error.message : String(error) }
  }
}
