import { knownOrNull } from './codes.ts'
import { dayOrNull } from './day.ts'
import { DOCTOR_FIELDS, fieldsOf, TRAINEE_FIELDS, type Kind, type RecordOf } from './fields.ts'
import { shownNumber } from './gmc-number.ts'
import { textOrNull } from './text.ts'
import { unrolledArray, unrolledObject } from './unrolled.ts'

/** Builds the records of one table of fields, and takes them apart. */
interface Records<Table extends Readonly<Record<string, Kind>>> {
  /** A record of what `read` returns for each field; the value must be of the field's kind. */
  readonly from: (read: (field: keyof Table & string, kind: Kind) => unknown) => RecordOf<Table>
  /** The values by position, since the names of the fields would be most of a stored record. */
  readonly valuesOf: (record: RecordOf<Table>) => readonly unknown[]
  /** The record of such values; fields added after they were stored are null. */
  readonly ofValues: (values: readonly unknown[]) => RecordOf<Table>
}

export const TRAINEES = recordsOf(TRAINEE_FIELDS)
export const DOCTORS = recordsOf(DOCTOR_FIELDS)

function recordsOf<Table extends Readonly<Record<string, Kind>>>(table: Table): Records<Table> {
  const fields = fieldsOf(table)
  const kinds = Object.values<Kind>(table)
  const from = unrolledObject(['read', 'kinds'], fields, (field, at) => `read('${field}', kinds[${at}])`)
  const ofValues = unrolledObject(['values'], fields, (_, at) => `values[${at}] ?? null`)
  // Compiled functions of these types: each sets every field.
  return {
    from: (read) => (from as (...of: readonly unknown[]) => RecordOf<Table>)(read, kinds),
    valuesOf: unrolledArray(fields) as Records<Table>['valuesOf'],
    ofValues: ofValues as Records<Table>['ofValues'],
  }
}

/** A field's value in a source or message, of the type that the field's kind requires. */
export type Given = string | number | boolean | null | undefined

/**
 * The value of a field of this kind; null if absent or blank. Throws `RowFault`, naming the field as `path`, for
 * an impossible date or an unknown code.
 */
export function valueOf(path: string, kind: Kind, given: Given): string | number | boolean | null {
  if (given === null || given === undefined || typeof given !== 'string') return given ?? null
  if (kind === 'day') return dayOrNull(path, given)
  if (kind === 'number') return shownNumber(given)
  return typeof kind === 'string' ? textOrNull(given) : knownOrNull(path, given, kind)
}
