import type { ComparedRow } from '../comparison.ts'
import type { Day } from '../day.ts'
import type { Field } from '../fields.ts'
import { belongsTo, INDEX_FIELDS, INDEX_NAMES, type IndexDocument, type IndexName } from '../lists.ts'
import type { RowId } from '../row.ts'
import { valueIn, type JavaDocuments } from './java-documents.ts'

/** A row of ours beside what the Java indexes have of it. */
export interface RowPair {
  readonly id: RowId
  /** Null if only the Java indexes have it. */
  readonly ours: Pick<ComparedRow, 'row' | 'document'> | null
  readonly java: JavaDocuments
}

/** What differs in an index: a row, or a field of a row that both have. */
export interface JavaDifference {
  readonly index: IndexName
  readonly id: RowId
  /**
   * `missing`: the Java index lacks the row; `surplus`: only the Java index has it; `repeated`: the Java index has another document of
   * it; `different`: a field differs.
   */
  readonly kind: 'missing' | 'surplus' | 'repeated' | 'different'
  /** Null unless the kind is `different`. */
  readonly field: Field | null
  readonly ours: string | number | boolean | null
  readonly java: string | number | boolean | null
  /** The document of the Java index; null for `missing`. */
  readonly document: IndexDocument | null
}

export interface DifferencesOptions {
  /** The day on which our lists are read. */
  readonly day: Day
  /** Fields that the Java services do not know. */
  readonly unknown: readonly Field[]
}

/** Whether an index of ours has the row on the day. */
export function isOursIn(index: IndexName, { ours }: Pick<RowPair, 'ours'>, day: Day): boolean {
  return ours !== null && belongsTo(index, ours.document, day)
}

/** How a row differs from what the Java indexes have of it, index by index. */
export function javaDifferences(pair: RowPair, options: DifferencesOptions): JavaDifference[] {
  return INDEX_NAMES.flatMap((index) => differencesIn(index, pair, options))
}

/** The same in one index. Fields are compared in every document of the row, in surplus and repeated ones too, if we have the row. */
export function differencesIn(index: IndexName, pair: RowPair, options: DifferencesOptions): JavaDifference[] {
  const { id, ours } = pair
  const documents = pair.java[index]
  const ofRow = { index, id, field: null, ours: null, java: null }
  const isIn = isOursIn(index, pair, options.day)
  if (documents.length === 0) return isIn ? [{ ...ofRow, kind: 'missing', document: null }] : []
  const [, ...repeated] = documents
  return [
    ...(isIn ? [] : documents.slice(0, 1).map((document) => ({ ...ofRow, kind: 'surplus' as const, document }))),
    ...repeated.map((document) => ({ ...ofRow, kind: 'repeated' as const, document })),
    ...(ours === null ? [] : documents.flatMap((document) => fieldDifferences(index, ours, document, options))),
  ]
}

function fieldDifferences(
  index: IndexName,
  { row, document: ours }: NonNullable<RowPair['ours']>,
  document: IndexDocument,
  { unknown }: DifferencesOptions,
): JavaDifference[] {
  return INDEX_FIELDS[index]
    .filter((field) => !unknown.includes(field) && ours[field] !== valueIn(document, field))
    .map((field) => ({
      index,
      id: row.id,
      kind: 'different',
      field,
      ours: ours[field],
      java: valueIn(document, field),
      document,
    }))
}
