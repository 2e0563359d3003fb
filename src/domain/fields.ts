import { CONNECTION_STATUS, DOCTOR_STATUS, GMC_OUTCOME, UNDER_NOTICE } from './codes.ts'
import type { Day } from './day.ts'

// The fields of a row, once: types, messages, digests, stores and profiles derive from these tables. Source:
// docs/rules.md, "Adding a field".

/**
 * What a field holds. `personId`: a whole number; `storedId`: text as stored, never blank; `number`: a GMC number or the
 * text in its place, trimmed; `text`: any text; `day`; `flag`: true or false; a list: one of these codes. Any value may
 * be null except a person's id, a stored id and a doctor's flag; no text is blank.
 */
export type Kind = 'personId' | 'storedId' | 'number' | 'text' | 'day' | 'flag' | readonly string[]

/** The value of a field of a kind. */
type ValueOf<K extends Kind> = K extends 'personId'
  ? number
  : K extends 'flag'
    ? boolean
    : K extends 'storedId'
      ? string
      : (K extends readonly (infer Code)[] ? Code : K extends 'day' ? Day : string) | null

/** A record that has the fields of a table. */
export type RecordOf<Table extends Readonly<Record<string, Kind>>> = {
  readonly [Field in keyof Table]: ValueOf<Table[Field]>
}

/**
 * A trainee as tcs sends it and a row keeps it. Stored rows hold the values by position, so a new field goes to the end:
 * rows stored without it are read with null.
 */
export const TRAINEE_FIELDS = {
  tcsPersonId: 'personId',
  /** Not necessarily a GMC number. */
  gmcReferenceNumber: 'number',
  doctorFirstName: 'text',
  doctorLastName: 'text',
  programmeName: 'text',
  programmeMembershipType: 'text',
  tcsDesignatedBody: 'text',
  programmeOwner: 'text',
  programmeMembershipStartDate: 'day',
  programmeMembershipEndDate: 'day',
  curriculumEndDate: 'day',
  /** The grades of the current placements. */
  placementGrade: 'text',
} as const satisfies Readonly<Record<string, Kind>>

/** A doctor as recommendation sends it and a row stores it; by position too. */
export const DOCTOR_FIELDS = {
  /** `_id` as stored; shown and joined trimmed. */
  gmcReferenceNumber: 'storedId',
  doctorFirstName: 'text',
  doctorLastName: 'text',
  submissionDate: 'day',
  dateAdded: 'day',
  underNotice: UNDER_NOTICE,
  sanction: 'text',
  doctorStatus: DOCTOR_STATUS,
  lastUpdatedDate: 'day',
  designatedBodyCode: 'text',
  admin: 'text',
  existsInGmc: 'flag',
} as const satisfies Readonly<Record<string, Kind>>

type TraineeField = keyof typeof TRAINEE_FIELDS
type DoctorField = keyof typeof DOCTOR_FIELDS

/** Where a field comes from. */
type Origin =
  /** The field of the trainee that it shows, … */
  | { readonly trainee: TraineeField; readonly doctor?: DoctorField; readonly kind?: undefined }
  /** … or of the doctor, which wins if it is not null. */
  | { readonly trainee?: undefined; readonly doctor: DoctorField; readonly kind?: undefined }
  /** It holds this; `assemble` computes it. */
  | { readonly trainee?: undefined; readonly doctor?: undefined; readonly kind: Kind }

/** A field of the master index or the lists. */
type RowField = Origin & {
  /** The lists that show it. The master index shows every field but the reason. */
  readonly lists: 'both' | 'recommendation' | 'connection' | 'none'
  /** For a field with few values: their meaning, which decides how `likeness-values.ts` judges them. */
  readonly codes?: 'place' | 'type' | 'status' | 'list'
}

/** The fields that result from a row's parts. */
export const ROW_FIELDS = {
  tcsPersonId: { trainee: 'tcsPersonId', lists: 'both' },
  gmcReferenceNumber: { trainee: 'gmcReferenceNumber', lists: 'both' },
  doctorFirstName: { trainee: 'doctorFirstName', doctor: 'doctorFirstName', lists: 'both' },
  doctorLastName: { trainee: 'doctorLastName', doctor: 'doctorLastName', lists: 'both' },
  submissionDate: { doctor: 'submissionDate', lists: 'both' },
  programmeName: { trainee: 'programmeName', lists: 'both' },
  membershipType: { trainee: 'programmeMembershipType', lists: 'both', codes: 'type' },
  designatedBody: { doctor: 'designatedBodyCode', lists: 'both' },
  gmcStatus: { kind: GMC_OUTCOME, lists: 'recommendation', codes: 'status' },
  tisStatus: { doctor: 'doctorStatus', lists: 'recommendation', codes: 'status' },
  admin: { doctor: 'admin', lists: 'recommendation' },
  lastUpdatedDate: { doctor: 'lastUpdatedDate', lists: 'recommendation' },
  underNotice: { doctor: 'underNotice', lists: 'recommendation', codes: 'status' },
  programmeOwner: { trainee: 'programmeOwner', lists: 'connection', codes: 'place' },
  tcsDesignatedBody: { trainee: 'tcsDesignatedBody', lists: 'connection', codes: 'place' },
  curriculumEndDate: { trainee: 'curriculumEndDate', lists: 'recommendation' },
  connectionStatus: { kind: CONNECTION_STATUS, lists: 'connection', codes: 'list' },
  membershipStartDate: { trainee: 'programmeMembershipStartDate', lists: 'connection' },
  membershipEndDate: { trainee: 'programmeMembershipEndDate', lists: 'connection' },
  placementGrade: { trainee: 'placementGrade', lists: 'none' },
  existsInGmc: { doctor: 'existsInGmc', lists: 'recommendation' },
  exceptionReason: { kind: 'text', lists: 'connection' },
} as const satisfies Readonly<Record<string, RowField>>

export type Field = keyof typeof ROW_FIELDS
type Entry<F extends Field> = (typeof ROW_FIELDS)[F]

type KindOf<E> = E extends { readonly kind: infer K }
  ? K
  : E extends { readonly trainee: infer T extends TraineeField }
    ? (typeof TRAINEE_FIELDS)[T]
    : E extends { readonly doctor: infer D extends DoctorField }
      ? (typeof DOCTOR_FIELDS)[D]
      : never

/** The value of a field of a row; null if the row has none. */
export type FieldValue<F extends Field> = KindOf<Entry<F>> extends infer K extends Kind ? ValueOf<K> | null : never

/** The fields with codes of a meaning. */
export type FieldsOfCodes<Meaning extends RowField['codes'] & string> = {
  [F in Field]: Entry<F> extends { readonly codes: Meaning } ? F : never
}[Field]

/** The fields with days. */
export type FieldsOfDays = { [F in Field]: KindOf<Entry<F>> extends 'day' ? F : never }[Field]

/** The fields of a table in its order. */
export function fieldsOf<Table extends object>(table: Table): readonly (keyof Table & string)[] {
  // A table is a constant: it has no other keys than its type says.
  return Object.keys(table) as (keyof Table & string)[]
}

/** The fields of a row in the order of their table. */
export const FIELDS: readonly Field[] = fieldsOf(ROW_FIELDS)

/** The entry of a field in the table. */
export function entryOf(field: Field): RowField {
  return ROW_FIELDS[field]
}

/** What a field of a row holds. */
export function kindOf(field: Field): Kind {
  const entry = entryOf(field)
  if (entry.kind !== undefined) return entry.kind
  return entry.trainee === undefined ? DOCTOR_FIELDS[entry.doctor] : TRAINEE_FIELDS[entry.trainee]
}
