import { RowFault } from '../../domain/row-fault.ts'
import type { SourceTable, SourceTables } from '../../ports/source-filling.ts'
import type { FaultInFile } from './faults.ts'

/** How one field of a row is read. `Raw` is what the file's format gives: a cell, or a value of JSON. */
export interface Field<Raw, Value> {
  /** The column or field in the file, if its name differs from the property. */
  readonly name?: string
  /** Throws `RowFault` for an invalid value. */
  readonly read: (name: string, raw: Raw) => Value
  /** A row without this field cannot be identified: it is omitted. Other fields become null if invalid. */
  readonly isKey?: true
}

/** The fields of a table: one for each property of its rows. */
export type TableFields<T extends SourceTable, Raw> = {
  readonly [Property in keyof SourceTables[T]]: Field<Raw, SourceTables[T][Property]>
}

/** One row as it was read. Null values: it cannot be identified, or it could not be read at all. */
export interface ReadRow<T extends SourceTable> {
  readonly line: number
  readonly values: SourceTables[T] | null
  readonly faults: readonly FaultInFile[]
}

/** The names of a table's fields in its file. */
export function fieldNames<T extends SourceTable, Raw>(fields: TableFields<T, Raw>): string[] {
  return entries(fields).map(([property, field]) => field.name ?? property)
}

/**
 * Reads one row, with everything that is wrong with it. A row with a fault keeps what is not at fault, so that rows
 * that refer to it are not called orphans because of it.
 */
export function readRow<T extends SourceTable, Raw>(
  fields: TableFields<T, Raw>,
  line: number,
  raw: (name: string) => Raw,
): ReadRow<T> {
  const values: Record<string, unknown> = {}
  const faults: FaultInFile[] = []
  let hasKey = true
  for (const [property, field] of entries(fields)) {
    const name = field.name ?? property
    try {
      values[property] = field.read(name, raw(name))
    } catch (error) {
      if (!(error instanceof RowFault)) throw error
      faults.push({ line, column: name, reason: error.reason })
      values[property] = null
      if (field.isKey === true) hasKey = false
    }
  }
  // `fields` has a reader for each property of the row, and all but keys may be null.
  return { line, values: hasKey ? (values as SourceTables[T]) : null, faults }
}

/**
 * A row of which only the key can be made out, if that: null values where it cannot. Rows that refer to it are then
 * not called orphans because of the fault.
 */
export function readKey<T extends SourceTable, Raw>(
  fields: TableFields<T, Raw>,
  fault: FaultInFile & { readonly line: number },
  raw: (name: string) => Raw,
): ReadRow<T> {
  const keyFields = entries(fields).map(([property, field]): [string, Field<Raw, unknown>] => [
    property,
    field.isKey === true ? field : { read: () => null },
  ])
  // A reader for each property, as `fields` has.
  const { values } = readRow(Object.fromEntries(keyFields) as TableFields<T, Raw>, fault.line, raw)
  return { line: fault.line, values, faults: [fault] }
}

function entries<T extends SourceTable, Raw>(fields: TableFields<T, Raw>): [string, Field<Raw, unknown>][] {
  return Object.entries<Field<Raw, unknown>>(fields)
}

/** A value as a fault shows it: never more of it than tells which one is meant. */
export function shown(text: string, most = 40): string {
  return `"${text.slice(0, most)}"`
}
