import type { RowId } from '../../../domain/row.ts'
import type { WriteOutcome } from '../../../ports/index-store.ts'
import type { ListKeys } from './list-keys.ts'
import { unpackWrites, type PackedOutcomes, type PackedWrite, type PackedWrites } from './packed.ts'
import { storable, type StorableRow } from './row-values.ts'
import { versionOf, type CurrentRow, type Rows } from './rows.ts'

const EXISTS: WriteOutcome = { status: 'exists' }
const CONFLICT: WriteOutcome = { status: 'conflict' }

/** The result of a batch. */
export interface Written {
  /** The number of the last write. */
  readonly seq: number
  /** The ids of the rows that were created; their keys are the last numbers up to `seq`, in this order. */
  readonly created: readonly RowId[]
  readonly outcomes: PackedOutcomes
}

/** What a batch needs besides the rows. */
interface Beside {
  readonly lists: ListKeys
  /** The rows that have these ids. */
  readonly versionsOf: (ids: readonly RowId[]) => readonly CurrentRow[]
}

/**
 * Carries out the writes of one batch within the caller's transaction, each on its own: one that is refused does not undo
 * the others. `lastSeq` is the number of the last write before.
 */
export function writeBatch(rows: Rows, lastSeq: number, packed: PackedWrites, { lists, versionsOf }: Beside): Written {
  const writes = [...unpackWrites(packed)]
  const outcomes: [at: number, outcome: WriteOutcome][] = []
  const keys = writes.flatMap(({ op, token }) => (op === 'create' ? [] : (versionOf(token)?.key ?? [])))
  const current = new Map(rows.versionsOfKeys(keys).map((row) => [row.key, row]))
  const existing = new Set(versionsOf(writes.flatMap(({ op, id }) => (op === 'create' ? id : []))).map(({ id }) => id))
  let seq = lastSeq

  const change = (write: PackedWrite): WriteOutcome | null => {
    const version = versionOf(write.token)
    const found = version && current.get(version.key)
    if (!found || found.seq !== version.seq || found.id !== write.id) return CONFLICT
    if (write.op === 'replace') {
      const row = storableOrRefusal(write, lists)
      if ('status' in row) return row
      rows.replace({ key: found.key, seq: seq + 1 }, row)
    } else rows.delete(found.key)
    // A deletion counts too: everything up to the last write must be made durable.
    seq += 1
    // The version is outdated: another write with its token in this batch is a conflict.
    current.delete(found.key)
    return null
  }
  // Changes first: the keys of created rows are consecutive.
  for (const [at, write] of writes.entries()) {
    const refusal = write.op === 'create' ? null : change(write)
    if (refusal !== null) outcomes.push([at, refusal])
  }

  const created: RowId[] = []
  const inserted: StorableRow[] = []
  for (const [at, write] of writes.entries()) {
    if (write.op !== 'create') continue
    const row = existing.has(write.id) ? EXISTS : storableOrRefusal(write, lists)
    if ('status' in row) {
      outcomes.push([at, row])
      continue
    }
    existing.add(write.id)
    created.push(write.id)
    inserted.push(row)
  }
  rows.insert(seq + 1, created, inserted)
  return { seq: seq + created.length, created, outcomes }
}

function storableOrRefusal({ id, parts }: PackedWrite, lists: ListKeys): StorableRow | WriteOutcome {
  try {
    return storable(id, parts, lists)
  } catch (error) {
    return { status: 'failed', reason: error instanceof Error ? error.message : String(error) }
  }
}
