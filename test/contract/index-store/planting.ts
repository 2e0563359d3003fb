import type { PartsValues } from '../../../src/adapters/index-store/row-codec.ts'
import { DOCTOR_FIELDS, fieldsOf, TRAINEE_FIELDS, type Field } from '../../../src/domain/fields.ts'
import type { IndexDocument, ListName } from '../../../src/domain/lists.ts'
import type { PartName, Row } from '../../../src/domain/row.ts'

type Value = string | number | boolean | null

/** A part of a row, or a field of one, such as `reason` or `doctor.doctorFirstName`. */
export type PartPath = PartName | `trainee.${keyof typeof TRAINEE_FIELDS}` | `doctor.${keyof typeof DOCTOR_FIELDS}`

/** What another program changes in a store, past the store. Everything else of the row stays as it is stored. */
export type Planted =
  | { readonly change: 'delete' }
  /** A row as the store writes it. */
  | { readonly change: 'add'; readonly row: Row }
  | { readonly change: 'field'; readonly field: Field; readonly value: Value }
  /** Something that the store searches by; see `StorePlace.keys`. */
  | { readonly change: 'key'; readonly key: string; readonly value: Value }
  /** The parts, and not the fields and keys that follow from them. */
  | { readonly change: 'part'; readonly part: PartPath; readonly value: Value }
  /** Anything in place of the encoded parts. */
  | { readonly change: 'parts'; readonly value: unknown }

/** Changes a row of a generation by the backend's own means. Searches see it after the next `makeVisible`. */
export type Plant = (generation: string, id: string, planted: Planted) => Promise<void>

/**
 * Writes a row of a filled table by the backend's own means, as a Java service could: the whole document, or null to remove the row.
 * Reads of the table see it after the next `makeVisible`.
 */
export type PlantInTable = (
  generation: string,
  list: ListName,
  id: string,
  document: IndexDocument | null,
) => Promise<void>

const PARTS: readonly PartName[] = ['trainee', 'doctor', 'outcome', 'reason']
const TABLES = { trainee: fieldsOf(TRAINEE_FIELDS), doctor: fieldsOf(DOCTOR_FIELDS) }

/** Encoded parts with one of them, or a field of one, replaced. A row without the part has it not afterwards either. */
export function withPart(values: PartsValues, path: PartPath, value: Value): unknown {
  const [part, field] = path.split('.')
  const at = PARTS.findIndex((each) => each === part)
  const all: readonly unknown[] = values
  if (field === undefined) return all.with(at, value)
  const record = all[at]
  if (!Array.isArray(record)) return values
  const fields: readonly string[] = part === 'trainee' ? TABLES.trainee : TABLES.doctor
  return all.with(at, record.with(fields.indexOf(field), value))
}
