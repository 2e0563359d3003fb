import { z } from 'zod'
import type { AssembledDocument } from '../domain/assemble.ts'
import { DOCTOR_STATUS, GMC_OUTCOME, knownOrNull, UNDER_NOTICE } from '../domain/doctor.ts'
import { shownNumber } from '../domain/gmc-number.ts'
import { RowFault } from '../domain/row-fault.ts'
import type { RowId } from '../domain/row.ts'
import { textOrNull } from '../domain/text.ts'
import { DATE, dayIn, fitting, FLAG, PERSON_ID, TEXT } from './fields.ts'
import type { JsonObject } from './json.ts'
import { decodeRows, encodeRow, messageOf, type DecodedRows } from './decoded-rows.ts'

/** The fields of the master index. The reason is no part of it: connection adds it to its own lists. */
export type MasterDocument = Omit<AssembledDocument, 'exceptionReason'>

/** A row of the master index as it is after a change. */
export interface MasterRow {
  readonly id: RowId
  readonly document: MasterDocument
}

const MASTER_BODY = z.object({
  id: TEXT,
  tcsPersonId: PERSON_ID,
  gmcReferenceNumber: TEXT,
  doctorFirstName: TEXT,
  doctorLastName: TEXT,
  submissionDate: DATE,
  programmeName: TEXT,
  membershipType: TEXT,
  designatedBody: TEXT,
  gmcStatus: TEXT,
  tisStatus: TEXT,
  admin: TEXT,
  lastUpdatedDate: DATE,
  underNotice: TEXT,
  tcsDesignatedBody: TEXT,
  programmeOwner: TEXT,
  curriculumEndDate: DATE,
  connectionStatus: TEXT,
  membershipStartDate: DATE,
  membershipEndDate: DATE,
  existsInGmc: FLAG,
})

function readMasterRow(body: JsonObject): MasterRow {
  const sent = fitting(MASTER_BODY, body)
  const id = textOrNull(sent.id)
  if (id === null) throw new RowFault('ROW_KEY_MISSING', 'id', 'master row has no id')
  const designatedBody = textOrNull(sent.designatedBody)
  const document: MasterDocument = {
    tcsPersonId: sent.tcsPersonId ?? null,
    gmcReferenceNumber: shownNumber(sent.gmcReferenceNumber),
    doctorFirstName: textOrNull(sent.doctorFirstName),
    doctorLastName: textOrNull(sent.doctorLastName),
    submissionDate: dayIn('submissionDate', sent.submissionDate),
    programmeName: textOrNull(sent.programmeName),
    membershipType: textOrNull(sent.membershipType),
    designatedBody,
    gmcStatus: knownOrNull('gmcStatus', sent.gmcStatus ?? null, GMC_OUTCOME),
    tisStatus: knownOrNull('tisStatus', sent.tisStatus ?? null, DOCTOR_STATUS),
    admin: textOrNull(sent.admin),
    lastUpdatedDate: dayIn('lastUpdatedDate', sent.lastUpdatedDate),
    underNotice: knownOrNull('underNotice', sent.underNotice ?? null, UNDER_NOTICE),
    tcsDesignatedBody: textOrNull(sent.tcsDesignatedBody),
    programmeOwner: textOrNull(sent.programmeOwner),
    curriculumEndDate: dayIn('curriculumEndDate', sent.curriculumEndDate),
    // The reference leaves it null for a trainee without a doctor, where the rules say "No".
    connectionStatus:
      knownOrNull('connectionStatus', sent.connectionStatus ?? null, ['Yes', 'No']) ??
      (designatedBody === null ? 'No' : 'Yes'),
    membershipStartDate: dayIn('membershipStartDate', sent.membershipStartDate),
    membershipEndDate: dayIn('membershipEndDate', sent.membershipEndDate),
    existsInGmc: sent.existsInGmc ?? null,
  }
  return { id, document }
}

/** A master row's body, key for key in the reference's order, nulls written. */
function bodyOf({ id, document }: MasterRow): JsonObject {
  return {
    id,
    tcsPersonId: document.tcsPersonId,
    gmcReferenceNumber: document.gmcReferenceNumber,
    doctorFirstName: document.doctorFirstName,
    doctorLastName: document.doctorLastName,
    submissionDate: document.submissionDate,
    programmeName: document.programmeName,
    membershipType: document.membershipType,
    designatedBody: document.designatedBody,
    gmcStatus: document.gmcStatus,
    tisStatus: document.tisStatus,
    admin: document.admin,
    lastUpdatedDate: document.lastUpdatedDate,
    underNotice: document.underNotice,
    tcsDesignatedBody: document.tcsDesignatedBody,
    programmeOwner: document.programmeOwner,
    curriculumEndDate: document.curriculumEndDate,
    connectionStatus: document.connectionStatus,
    membershipStartDate: document.membershipStartDate,
    membershipEndDate: document.membershipEndDate,
    existsInGmc: document.existsInGmc,
  }
}

/** The message that announces changed master rows, one or more. */
export function encodeMasterRows(rows: readonly MasterRow[]): Uint8Array {
  return messageOf(rows.map((row) => encodeRow(bodyOf(row))))
}

/** The master rows that a message announces. Throws as `decodeRows` does. */
export function decodeMasterRows(message: Uint8Array): DecodedRows<MasterRow> {
  return decodeRows(message, {
    read: readMasterRow,
    keyOf: ({ id }) => (typeof id === 'string' && id.trim() !== '' ? id : null),
  })
}
