import { z } from 'zod'
import type { StoredDoctor } from '../domain/doctor.ts'
import { RowFault } from '../domain/row-fault.ts'
import { failedDoctorKey } from '../domain/row.ts'
import { textOrNull } from '../domain/text.ts'
import { fitting, FLAG, TEXT } from './fields.ts'
import { isObject, type JsonObject } from './json.ts'
import { OPERATION_TYPE, operationOf, type Operation } from './operation.ts'
import { decodeRows, type DecodedRows } from './decoded-rows.ts'
import { STORED_DATE, storedDay } from './stored-fields.ts'

/** A hint that a document of `doctorsForDB` has changed. Hints may come late, twice and in any order. */
export interface DoctorChange {
  readonly operation: Operation
  /** The GMC number as stored. */
  readonly storedId: string
  /** The document as the hint has it; null when it is gone, or the hint says only whose it is. */
  readonly doctor: StoredDoctor | null
}

const DOCTOR_EVENT = z.object({
  operationType: OPERATION_TYPE,
  fullDocument: z
    .object(
      {
        _id: TEXT,
        gmcReferenceNumber: TEXT,
        doctorFirstName: TEXT,
        doctorLastName: TEXT,
        submissionDate: STORED_DATE,
        dateAdded: STORED_DATE,
        underNotice: TEXT,
        sanction: TEXT,
        doctorStatus: TEXT,
        lastUpdatedDate: STORED_DATE,
        designatedBodyCode: TEXT,
        admin: TEXT,
        existsInGmc: FLAG,
      },
      { error: 'expected an object' },
    )
    .nullish(),
  documentKey: z.object({ _id: TEXT }, { error: 'expected an object' }).nullish(),
})

type SentDocument = NonNullable<z.infer<typeof DOCTOR_EVENT>['fullDocument']>

function readDoctorChange(body: JsonObject): DoctorChange {
  const { operationType, fullDocument, documentKey } = fitting(DOCTOR_EVENT, body)
  const operation = operationOf(operationType)
  const storedId =
    textOrNull(fullDocument?._id) ?? textOrNull(fullDocument?.gmcReferenceNumber) ?? textOrNull(documentKey?._id)
  if (storedId === null) {
    throw new RowFault('ROW_KEY_MISSING', 'fullDocument._id', 'change does not identify a doctor')
  }
  const known = operation === 'upsert' && fullDocument !== null && fullDocument !== undefined
  return { operation, storedId, doctor: known ? storedDoctor(storedId, fullDocument) : null }
}

function storedDoctor(storedId: string, sent: SentDocument): StoredDoctor {
  return {
    storedId,
    doctorFirstName: sent.doctorFirstName ?? null,
    doctorLastName: sent.doctorLastName ?? null,
    submissionDate: storedDay(sent.submissionDate),
    dateAdded: storedDay(sent.dateAdded),
    underNotice: sent.underNotice ?? null,
    sanction: sent.sanction ?? null,
    doctorStatus: sent.doctorStatus ?? null,
    lastUpdatedDate: storedDay(sent.lastUpdatedDate),
    designatedBodyCode: sent.designatedBodyCode ?? null,
    admin: sent.admin ?? null,
    existsInGmc: sent.existsInGmc ?? null,
  }
}

function keyOf({ fullDocument, documentKey }: JsonObject): string | null {
  const document = isObject(fullDocument) ? fullDocument : {}
  const ids = [document._id, document.gmcReferenceNumber, isObject(documentKey) ? documentKey._id : null]
  const storedId = ids.find((id) => typeof id === 'string' && id.trim() !== '')
  return typeof storedId === 'string' ? failedDoctorKey(storedId) : null
}

/** The doctors that a message says have changed. Throws as `decodeRows` does; values are for the rules to judge. */
export function decodeDoctorChanges(message: Uint8Array): DecodedRows<DoctorChange> {
  return decodeRows(message, { read: readDoctorChange, keyOf })
}
