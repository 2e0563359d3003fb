import type { Row, RowId } from '../../../domain/row.ts'
import type { StoreWrite, WriteOutcome } from '../../../ports/index-store.ts'
import type { Identities } from './identities.ts'
import type { CurrentRow, RowStore } from './row-store.ts'
import { storable, type StorableRow } from './row-values.ts'
import { versionOf } from './token.ts'

type Create = Extract<StoreWrite, { op: 'create' }>
type Versioned = Exclude<StoreWrite, Create>

const WRITTEN: WriteOutcome = { status: 'written' }
const EXISTS: WriteOutcome = { status: 'exists' }
const CONFLICT: WriteOutcome = { status: 'conflict' }

/** The writes of one batch, each for itself: one that is refused does not undo the others. */
export class Batch {
  readonly #rows: RowStore
  readonly #identities: Identities
  readonly #visible: number
  readonly #stored: StorableRow[] = []
  #seq: number

  /** `seq` is the number of the last writing, `visible` that of the last one that is visible. */
  constructor(rows: RowStore, identities: Identities, { seq, visible }: { seq: number; visible: number }) {
    this.#rows = rows
    this.#identities = identities
    this.#seq = seq
    this.#visible = visible
  }

  /** The number of the last writing. */
  get seq(): number {
    return this.#seq
  }

  /** Carries the writes out, within the caller's transaction. */
  write(writes: readonly StoreWrite[]): WriteOutcome[] {
    const versions = writes.map((write) => (write.op === 'create' ? null : versionOf(write.token)))
    const created = writes.flatMap((write) => (write.op === 'create' ? write.row.id : []))
    const keys = this.#identities.keysOf(created)
    const versionedKeys = versions.flatMap((version) => version?.key ?? [])
    const current = this.#rows.current([...keys.values(), ...versionedKeys])
    const outcomes = writes.map((write, at): WriteOutcome => {
      if (write.op === 'create') return this.#create(write, keys, current)
      const version = versions[at]
      const row = version && current.get(version.key)
      if (!row || row.seq !== version.seq || row.id !== idOf(write)) return CONFLICT
      // The version is spent: another write with its token in this batch is a conflict.
      current.delete(row.key)
      return write.op === 'delete' ? this.#delete(row) : this.#replace(write.row, row)
    })
    this.#rows.store(this.#stored)
    return outcomes
  }

  #create({ row }: Create, keys: Map<RowId, number>, current: Map<number, CurrentRow>): WriteOutcome {
    const key = keys.get(row.id)
    // A row that comes back takes the place of the deleted one, of which a search's outdated number is known already.
    const place = key === undefined ? this.#seq + 1 : key
    if (key !== undefined && current.get(key)?.deleted !== true) return EXISTS
    const outcome = this.#store(row, place)
    if (outcome === WRITTEN) {
      current.delete(place)
      keys.set(row.id, place)
      if (key === undefined) this.#identities.add(row.id, place)
    }
    return outcome
  }

  #replace(row: Row, { key, number }: CurrentRow): WriteOutcome {
    const outcome = this.#store(row, key)
    const moved = outcome === WRITTEN && this.#stored.at(-1)?.number !== number
    if (moved && key <= this.#visible) this.#rows.outdate(key, number)
    return outcome
  }

  #delete({ key, number }: CurrentRow): WriteOutcome {
    this.#rows.flagDeleted(key, ++this.#seq)
    this.#rows.outdate(key, key <= this.#visible ? number : null)
    return WRITTEN
  }

  #store(row: Row, key: number): WriteOutcome {
    try {
      this.#stored.push(storable(row, key, this.#seq + 1))
    } catch (error) {
      return { status: 'failed', reason: error instanceof Error ? error.message : String(error) }
    }
    this.#seq += 1
    return WRITTEN
  }
}

function idOf(write: Versioned): RowId {
  return write.op === 'delete' ? write.id : write.row.id
}
