import { assemble, type AssembledDocument } from '../../../domain/assemble.ts'
import { FIELDS, type Field } from '../../../domain/fields.ts'
import { hasReason, isVisitor } from '../../../domain/lists.ts'
import { isDiscrepancy } from '../../../domain/may-see.ts'
import { numberOfRow, type Row, type RowId } from '../../../domain/row.ts'
import type { RowOrigin } from '../../../ports/changes.ts'
import type { ReadRow, StoredRow } from '../../../ports/index-store.ts'
import { DAMAGED_PARTS, partsOfValues, valuesOfParts } from '../row-codec.ts'
import { storedDocument } from '../stored-document.ts'
import { listKeysOf, type ListKeys } from './list-keys.ts'
import { tokenOf } from './token.ts'

/** The fields of a row, without those that are null. */
export type PresentFields = Partial<AssembledDocument>

/** What the job needs besides the fields of a row. Only true flags are stored. */
interface Keys extends ListKeys {
  readonly id: RowId
  readonly number: string | undefined
  readonly visitor: true | undefined
  readonly withReason: true | undefined
  readonly discrepancy: true | undefined
}

/** A document as the engine returns it. Another program may have written it, without `reval` or with other content in it. */
export type StoredDocument = PresentFields & {
  readonly reval?: Readonly<Partial<Record<keyof Keys | 'parts', unknown>>> | null
}

/** A row as the engine returns it. */
export interface FoundDocument {
  readonly _id: RowId
  readonly _seq_no: number
  readonly _primary_term: number
  readonly _source: StoredDocument
}

/** The document of a row as JSON on one line, without its null fields. Creating rows is the hot path of a run. */
export function documentText(row: Row, origin?: RowOrigin): string {
  const assembled = assemble(row.parts)
  const { id, number, visitor, withReason, discrepancy, find, sort } = keysOf(row, assembled)
  const parts = valuesOfParts(row.parts, origin)
  const reval = { id, number, visitor, withReason, discrepancy, find, sort, parts }
  // The object belongs to this row, and changing it is cheaper than a copy. JSON omits undefined.
  const document: Partial<Record<Field | 'reval', unknown>> = assembled
  for (const field of FIELDS) if (document[field] === null) document[field] = undefined
  document.reval = reval
  return JSON.stringify(document)
}

function keysOf(row: Row, assembled: AssembledDocument): Keys {
  return {
    id: row.id,
    number: numberOfRow(row) ?? undefined,
    visitor: isVisitor(assembled) || undefined,
    withReason: hasReason(assembled) || undefined,
    discrepancy: isDiscrepancy(assembled) || undefined,
    ...listKeysOf(assembled),
  }
}

/** The row of a document that the engine returned. */
export function rowOf({ _id: id, _seq_no: seqNo, _primary_term: primaryTerm, _source }: FoundDocument): StoredRow {
  return { ...readRowOf(id, _source), token: tokenOf({ id, seqNo, primaryTerm }) }
}

/** The row of a stored document. Keys are not checked if another version made them. */
export function readRowOf(id: RowId, source: StoredDocument, { checksKeys = true } = {}): ReadRow {
  const stored = source.reval ?? {}
  const { parts, origin, isDamaged } = partsOfValues(stored.parts)
  const row = { id, parts }
  const wrongKeys = () => (checksKeys ? wrongKeysIn(stored, keysOf(row, assemble(parts))) : [])
  return {
    row,
    document: storedDocument(assembledOf(source)),
    origin,
    wrongKeys: isDamaged ? [DAMAGED_PARTS] : wrongKeys(),
  }
}

/** The names of those that differ, such as `number` or `find.words`. */
function wrongKeysIn(stored: Partial<Record<string, unknown>>, { find, sort, ...keys }: Keys): string[] {
  return [
    ...differing('', stored, keys),
    ...differing('find.', membersOf(stored.find), find),
    ...differing('sort.', membersOf(stored.sort), sort),
  ]
}

function differing(prefix: string, stored: Partial<Record<string, unknown>>, keys: object): string[] {
  return Object.entries(keys).flatMap(([key, value]) => (isSame(stored[key], value) ? [] : [prefix + key]))
}

/** Keys are texts, flags, and lists of texts. */
function isSame(stored: unknown, key: unknown): boolean {
  if (!Array.isArray(key)) return stored === key
  return Array.isArray(stored) && stored.length === key.length && key.every((each, at) => each === stored[at])
}

function membersOf(stored: unknown): Partial<Record<string, unknown>> {
  return typeof stored === 'object' && stored !== null ? { ...stored } : {}
}

/** All fields of a stored document, absent ones as null: as stored, not as `assemble` would compute them. */
export function assembledOf(stored: PresentFields): AssembledDocument {
  const document: Partial<Record<Field, unknown>> = {}
  for (const field of FIELDS) document[field] = stored[field] ?? null
  // Every field is set, to what `documentText` wrote or to null.
  return document as unknown as AssembledDocument
}
