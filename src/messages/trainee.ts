import { fieldsOf, TRAINEE_FIELDS } from '../domain/fields.ts'
import { TRAINEES } from '../domain/records.ts'
import { RowFault } from '../domain/row-fault.ts'
import { traineeRowId } from '../domain/row.ts'
import type { Trainee } from '../domain/trainee.ts'
import { decodeRows, encodeRow, messageOf, type DecodedRows, type EncodedRow, type RowReader } from './decoded-rows.ts'
import { bodyLike, sentValue } from './fields.ts'
import { encodeJson, type JsonObject } from './json.ts'

/** Of the other fields that the reference has in a trainee's body some are the doctor's, and some always null. */
function readTrainee(body: JsonObject): Trainee {
  if (body.tcsPersonId === null || body.tcsPersonId === undefined) {
    throw new RowFault('ROW_KEY_MISSING', 'tcsPersonId', 'trainee has no person id')
  }
  return TRAINEES.from((field, kind) => sentValue(field, kind, body[field]))
}

function keyOf({ tcsPersonId }: JsonObject): string | null {
  return typeof tcsPersonId === 'number' && Number.isSafeInteger(tcsPersonId) ? traineeRowId(tcsPersonId) : null
}

const SENT_TRAINEE: RowReader<Trainee> = {
  read: readTrainee,
  keyOf,
  holdsRow: ({ tcsPersonId }) => tcsPersonId !== null && tcsPersonId !== undefined,
}

/** The end of all trainees, which is the reference's body without data: its keys are those of every trainee. */
const END = {
  tcsPersonId: null,
  gmcReferenceNumber: null,
  doctorFirstName: null,
  doctorLastName: null,
  submissionDate: null,
  programmeName: null,
  programmeMembershipType: null,
  designatedBody: null,
  tcsDesignatedBody: null,
  programmeOwner: null,
  connectionStatus: null,
  programmeMembershipStartDate: null,
  programmeMembershipEndDate: null,
  curriculumEndDate: null,
  dataSource: null,
  syncEnd: true,
} as const

const bodyOf = bodyLike({ ...END, dataSource: 'TCS', syncEnd: null }, fieldsOf(TRAINEE_FIELDS))

/** A trainee as it goes into a message, alone or beside others. */
export function encodeTrainee(row: Trainee): EncodedRow {
  return encodeRow(bodyOf(row))
}

/** The message of one or more trainees; also what announces that a trainee has changed. */
export function encodeTrainees(trainees: readonly Trainee[]): Uint8Array {
  return messageOf(trainees.map(encodeTrainee))
}

/** The message after the last trainee. */
export function encodeTraineesEnd(): Uint8Array {
  return encodeJson(END)
}

/** The trainees of a message of a run. Throws as `decodeRows` does. */
export function decodeTrainees(message: Uint8Array): DecodedRows<Trainee> {
  return decodeRows(message, SENT_TRAINEE)
}
