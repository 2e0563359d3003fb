import { z } from 'zod'
import { shownNumber } from '../domain/gmc-number.ts'
import { RowFault } from '../domain/row-fault.ts'
import { traineeRowId } from '../domain/row.ts'
import { textOrNull } from '../domain/text.ts'
import type { Trainee } from '../domain/trainee.ts'
import { DATE, dayIn, fitting, PERSON_ID, SYNC_END, TEXT } from './fields.ts'
import { encodeJson, type JsonObject } from './json.ts'
import { decodeRows, encodeRow, messageOf, type DecodedRows, type EncodedRow, type RowReader } from './decoded-rows.ts'

/** What is read of a trainee's body. The other fields that the reference has in it belong to the doctor, or are null. */
const TRAINEE_BODY = z.object({
  tcsPersonId: PERSON_ID,
  gmcReferenceNumber: TEXT,
  doctorFirstName: TEXT,
  doctorLastName: TEXT,
  programmeName: TEXT,
  programmeMembershipType: TEXT,
  tcsDesignatedBody: TEXT,
  programmeOwner: TEXT,
  programmeMembershipStartDate: DATE,
  programmeMembershipEndDate: DATE,
  curriculumEndDate: DATE,
  syncEnd: SYNC_END,
})

function readTrainee(body: JsonObject): Trainee {
  const sent = fitting(TRAINEE_BODY, body)
  const { tcsPersonId } = sent
  if (tcsPersonId === null || tcsPersonId === undefined) {
    throw new RowFault('ROW_KEY_MISSING', 'tcsPersonId', 'trainee has no person id')
  }
  return {
    tcsPersonId,
    gmcReferenceNumber: shownNumber(sent.gmcReferenceNumber),
    doctorFirstName: textOrNull(sent.doctorFirstName),
    doctorLastName: textOrNull(sent.doctorLastName),
    programmeName: textOrNull(sent.programmeName),
    programmeMembershipType: textOrNull(sent.programmeMembershipType),
    tcsDesignatedBody: textOrNull(sent.tcsDesignatedBody),
    programmeOwner: textOrNull(sent.programmeOwner),
    programmeMembershipStartDate: dayIn('programmeMembershipStartDate', sent.programmeMembershipStartDate),
    programmeMembershipEndDate: dayIn('programmeMembershipEndDate', sent.programmeMembershipEndDate),
    curriculumEndDate: dayIn('curriculumEndDate', sent.curriculumEndDate),
  }
}

function keyOf({ tcsPersonId }: JsonObject): string | null {
  return typeof tcsPersonId === 'number' && Number.isSafeInteger(tcsPersonId) ? traineeRowId(tcsPersonId) : null
}

const CHANGED_TRAINEE: RowReader<Trainee> = { read: readTrainee, keyOf }
const SENT_TRAINEE: RowReader<Trainee> = {
  ...CHANGED_TRAINEE,
  holdsRow: ({ tcsPersonId }) => tcsPersonId !== null && tcsPersonId !== undefined,
}

/** A trainee's body, key for key in the reference's order; null for the end of all trainees. */
function bodyOf(trainee: Trainee | null): JsonObject {
  return {
    tcsPersonId: trainee?.tcsPersonId ?? null,
    gmcReferenceNumber: trainee?.gmcReferenceNumber ?? null,
    doctorFirstName: trainee?.doctorFirstName ?? null,
    doctorLastName: trainee?.doctorLastName ?? null,
    submissionDate: null,
    programmeName: trainee?.programmeName ?? null,
    programmeMembershipType: trainee?.programmeMembershipType ?? null,
    designatedBody: null,
    tcsDesignatedBody: trainee?.tcsDesignatedBody ?? null,
    programmeOwner: trainee?.programmeOwner ?? null,
    connectionStatus: null,
    programmeMembershipStartDate: trainee?.programmeMembershipStartDate ?? null,
    programmeMembershipEndDate: trainee?.programmeMembershipEndDate ?? null,
    curriculumEndDate: trainee?.curriculumEndDate ?? null,
    dataSource: trainee === null ? null : 'TCS',
    syncEnd: trainee === null ? true : null,
  }
}

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
  return encodeJson(bodyOf(null))
}

/** The trainees of a message of a run. Throws as `decodeRows` does. */
export function decodeTrainees(message: Uint8Array): DecodedRows<Trainee> {
  return decodeRows(message, SENT_TRAINEE)
}

/** The trainees of a message that announces changes: the same bodies, but no end. Throws as `decodeRows` does. */
export function decodeTraineeChanges(message: Uint8Array): DecodedRows<Trainee> {
  return decodeRows(message, CHANGED_TRAINEE)
}
