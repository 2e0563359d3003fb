import type { AssembledDocument } from './assemble.ts'
import { DOCTOR_FIELDS, entryOf, FIELDS, fieldsOf, TRAINEE_FIELDS, type Field } from './fields.ts'
import type { IndexName } from './lists.ts'
import type { Parts, Row, RowId } from './row.ts'

/** A row as it is compared: parts, the fields as stored, and what is wrong in what its store searches by. */
export interface ComparedRow {
  readonly row: Row
  readonly document: AssembledDocument
  readonly wrongKeys: readonly string[]
  /** Set if a Java service built it: the parts are null and say nothing, and it has no fields of our own. */
  readonly hasNoParts?: true | undefined
}

/** A row that differs between two generations. */
export interface RowDifference {
  readonly id: RowId
  /** `missing`: only the second has it; `surplus`: only the first has it. */
  readonly kind: 'missing' | 'surplus' | 'different'
  readonly before: ComparedRow | null
  readonly after: ComparedRow | null
  /**
   * For `different`: the fields of the index that differ; then fields of parts that differ although no field shows it, such as
   * `trainee.doctorFirstName`; then keys of the store, such as `key.number`. Empty for the others.
   */
  readonly fields: readonly string[]
}

/** How many rows enter and leave a list, and how many stay in it and change: in a field that the list shows. */
export interface Movement {
  readonly enter: number
  readonly leave: number
  readonly change: number
}

/**
 * The movements in a list: of all rows, and by designated body. A row that moves between bodies leaves one and enters the
 * other; of all rows, it is one that changes.
 */
export interface ListMovements {
  readonly all: Movement
  /** By the code of the body; '' for rows without one. Bodies without movement are absent. */
  readonly bodies: Readonly<Record<string, Movement>>
}

/** How two generations differ, in figures. */
export interface ComparisonSummary {
  readonly rows: { readonly before: number; readonly after: number }
  readonly missing: number
  readonly surplus: number
  readonly different: number
  /** How many rows differ in each field. */
  readonly fields: Readonly<Record<string, number>>
  readonly lists: Readonly<Record<IndexName, ListMovements>>
}

/** The code of the designated body that a row counts under: the GMC's, or else the one that TCS implies; '' for none. */
export function bodyOf({ designatedBody, tcsDesignatedBody }: AssembledDocument): string {
  return designatedBody ?? tcsDesignatedBody ?? ''
}

/** How two rows with the same id differ; null if they do not. At least one must be given. */
export function rowDifference(before: ComparedRow | null, after: ComparedRow | null): RowDifference | null {
  if (after === null) return before && { id: before.row.id, kind: 'surplus', before, after, fields: [] }
  if (before === null) return { id: after.row.id, kind: 'missing', before, after, fields: [] }
  const fields = differingFields(before, after)
  return fields.length === 0 ? null : { id: after.row.id, kind: 'different', before, after, fields }
}

function differingFields(before: ComparedRow, after: ComparedRow): string[] {
  const areComplete = before.hasNoParts !== true && after.hasNoParts !== true
  const shown = FIELDS.filter(
    (field) => before.document[field] !== after.document[field] && (areComplete || !OWN_FIELDS.includes(field)),
  )
  const areReadable = areComplete && [before, after].every(({ wrongKeys }) => !wrongKeys.includes(PARTS))
  const hidden = PART_FIELDS.filter(
    ({ shownBy, valueIn }) =>
      areReadable &&
      valueIn(before.row.parts) !== valueIn(after.row.parts) &&
      !shownBy.some((field) => shown.includes(field)),
  )
  const keys = new Set(before.wrongKeys).symmetricDifference(new Set(after.wrongKeys))
  return [...shown, ...hidden.map(({ name }) => name), ...[...keys].sort().map((key) => `${OF_KEY}${key}`)]
}

/** The value of a field that `RowDifference.fields` may name. Of a key, whether it is right. */
export function comparedValue(
  { row, document, wrongKeys }: ComparedRow,
  field: string,
): string | number | boolean | null {
  if (field.startsWith(OF_KEY)) return wrongKeys.includes(field.slice(OF_KEY.length)) ? 'wrong' : 'right'
  const ofPart = PART_FIELDS.find(({ name }) => name === field)
  if (ofPart !== undefined) return ofPart.valueIn(row.parts)
  return document[field as Field]
}

/** The fields that no list shows, which the Java services do not know. */
const OWN_FIELDS: readonly Field[] = FIELDS.filter((field) => entryOf(field).lists === 'none')

const OF_KEY = 'key.'
/** The key that is wrong if the parts of a stored row cannot be read: they are null then, and say nothing. */
const PARTS = 'parts'

/** A field of a part, with the fields of the index that show it. */
interface PartField {
  readonly name: string
  readonly shownBy: readonly Field[]
  readonly valueIn: (parts: Parts) => string | number | boolean | null
}

const PART_FIELDS: readonly PartField[] = [
  ...fieldsOf(TRAINEE_FIELDS).map((field) => ({
    name: `trainee.${field}`,
    shownBy: FIELDS.filter((each) => entryOf(each).trainee === field),
    valueIn: ({ trainee }: Parts) => trainee?.[field] ?? null,
  })),
  ...fieldsOf(DOCTOR_FIELDS).map((field) => ({
    name: `doctor.${field}`,
    shownBy: FIELDS.filter((each) => entryOf(each).doctor === field),
    valueIn: ({ doctor }: Parts) => doctor?.[field] ?? null,
  })),
  { name: 'outcome', shownBy: ['gmcStatus'], valueIn: ({ outcome }) => outcome },
  { name: 'reason', shownBy: ['exceptionReason'], valueIn: ({ reason }) => reason },
]
