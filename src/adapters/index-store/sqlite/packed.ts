import type { Marks, RowId } from '../../../domain/row.ts'
import type { StoredRow, StoreWrite, Token } from '../../../ports/index-store.ts'
import { marksOfText, marksToText, partsOfText, partsOfValues, valuesOfParts, type PartsValues } from '../row-codec.ts'

// Between threads everything is copied. Flat arrays and texts are copied several times faster than objects with names.

/** A write on its way to the thread that carries it out. */
export type PackedWrite =
  | readonly [op: 'create', id: RowId, hidden: boolean, marks: string | null, parts: PartsValues]
  | readonly [op: 'replace', id: RowId, hidden: boolean, marks: string | null, parts: PartsValues, token: Token]
  | readonly [op: 'delete', id: RowId, token: Token]

/** A row that was found, on its way back: marks and parts as they are stored. */
export type PackedRow = readonly [id: RowId, token: Token, hidden: boolean, marks: string | null, parts: string]

export function packWrite(write: StoreWrite): PackedWrite {
  if (write.op === 'delete') return ['delete', write.id, write.token]
  const { id, hidden, marks, parts } = write.row
  const packed = [id, hidden, marksToText(marks), valuesOfParts(parts)] as const
  return write.op === 'create' ? ['create', ...packed] : ['replace', ...packed, write.token]
}

export function unpackWrite(packed: PackedWrite): StoreWrite {
  switch (packed[0]) {
    case 'delete':
      return { op: 'delete', id: packed[1], token: packed[2] }
    case 'create':
      return { op: 'create', row: rowOf(packed[1], packed[2], marksOfText(packed[3]), packed[4]) }
    case 'replace':
      return { op: 'replace', row: rowOf(packed[1], packed[2], marksOfText(packed[3]), packed[4]), token: packed[5] }
  }
}

function rowOf(id: RowId, hidden: boolean, marks: Marks, parts: PartsValues): StoredRow['row'] {
  return { id, parts: partsOfValues(parts), marks, hidden }
}

export function unpackRow([id, token, hidden, marks, parts]: PackedRow): StoredRow {
  return { row: { id, parts: partsOfText(parts), marks: marksOfText(marks), hidden }, token }
}
