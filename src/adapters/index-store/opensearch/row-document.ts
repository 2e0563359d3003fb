import { assemble, type AssembledDocument } from '../../../domain/assemble.ts'
import { FIELDS, type Field } from '../../../domain/fields.ts'
import { hasReason, isVisitor } from '../../../domain/lists.ts'
import { numberOfRow, type Row, type RowId } from '../../../domain/row.ts'
import type { StoredRow } from '../../../ports/index-store.ts'
import { partsOfValues, valuesOfParts, type PartsValues } from '../row-codec.ts'
import { tokenOf } from './token.ts'

/** The fields of a row, without those that are null. */
export type PresentFields = Partial<AssembledDocument>

/** A row as the engine returns it; `reval` contains what the fields do not. */
export interface FoundDocument {
  readonly _id: RowId
  readonly _seq_no: number
  readonly _primary_term: number
  readonly _source: PresentFields & { readonly reval: { readonly parts: PartsValues } }
}

/** The document of a row as JSON on one line, without its null fields. Creating rows is the hot path of a run. */
export function documentText(row: Row): string {
  const assembled = assemble(row.parts)
  const reval = {
    id: row.id,
    number: numberOfRow(row) ?? undefined,
    visitor: isVisitor(assembled) || undefined,
    withReason: hasReason(assembled) || undefined,
    parts: valuesOfParts(row.parts),
  }
  // The object belongs to this row, and changing it is cheaper than a copy. JSON omits undefined.
  const document: Partial<Record<Field | 'reval', unknown>> = assembled
  for (const field of FIELDS) if (document[field] === null) document[field] = undefined
  document.reval = reval
  return JSON.stringify(document)
}

/** The row of a document that the engine returned. */
export function rowOf({ _id: id, _seq_no: seqNo, _primary_term: primaryTerm, _source }: FoundDocument): StoredRow {
  const parts = partsOfValues(_source.reval.parts)
  return { row: { id, parts }, document: assembledOf(_source), token: tokenOf({ id, seqNo, primaryTerm }) }
}

/** All fields of a stored document, absent ones as null: as stored, not as `assemble` would compute them. */
export function assembledOf(stored: PresentFields): AssembledDocument {
  const document: Partial<Record<Field, unknown>> = {}
  for (const field of FIELDS) document[field] = stored[field] ?? null
  // Every field is set, to what `documentText` wrote or to null.
  return document as unknown as AssembledDocument
}
