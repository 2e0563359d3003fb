import type { RowId } from '../../../domain/row.ts'
import type { StoredRow, StoreWrite, Token, WriteOutcome } from '../../../ports/index-store.ts'
import { partsToText } from '../row-codec.ts'
import { storedRowOf, type StoredValues } from './row-values.ts'

// Between threads everything is copied. Texts are copied several times faster than arrays, and arrays than objects; so
// a row's parts cross as the text that is stored, and are encoded once.

/** Writes on their way to the thread that carries them out: four entries each. */
export type PackedWrites = readonly string[]

export interface PackedWrite {
  readonly op: StoreWrite['op']
  readonly id: RowId
  /** Empty for a `create`. */
  readonly token: Token
  /** With the origin. Empty for a `delete`. */
  readonly parts: string
}

export function packWrites(writes: readonly StoreWrite[]): PackedWrites {
  const packed: string[] = []
  for (const write of writes) {
    if (write.op === 'delete') packed.push('delete', write.id, write.token, '')
    else
      packed.push(
        write.op,
        write.row.id,
        write.op === 'create' ? '' : write.token,
        partsToText(write.row.parts, write.origin),
      )
  }
  return packed
}

export function* unpackWrites(packed: PackedWrites): Generator<PackedWrite> {
  for (let at = 0; at < packed.length; at += 4) {
    // Only `packWrites` creates these.
    const [op, id, token, parts] = packed.slice(at, at + 4) as [StoreWrite['op'], RowId, Token, string]
    yield { op, id, token, parts }
  }
}

/** The outcomes that are not `written`, by the position of their write: very few. */
export type PackedOutcomes = readonly (readonly [at: number, outcome: WriteOutcome])[]

const WRITTEN: WriteOutcome = { status: 'written' }

export function unpackOutcomes(writes: number, exceptions: PackedOutcomes): WriteOutcome[] {
  const outcomes = new Array<WriteOutcome>(writes).fill(WRITTEN)
  for (const [at, outcome] of exceptions) outcomes[at] = outcome
  return outcomes
}

/** A row that was found, as it is returned to the caller. */
export type PackedRow = readonly [token: Token, ...StoredValues]

export function unpackRow([token, ...values]: PackedRow): StoredRow {
  return { ...storedRowOf(values), token }
}
