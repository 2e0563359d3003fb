import { z } from 'zod'
import { STORED_FIELDS, storedDoctor, type StoredDoctor } from '../domain/doctor.ts'
import { DOCTOR_FIELDS, type Kind } from '../domain/fields.ts'
import { RowFault } from '../domain/row-fault.ts'
import { failedDoctorKey } from '../domain/row.ts'
import { textOrNull } from '../domain/text.ts'
import { parseBody, TEXT } from './fields.ts'
import { isObject, type JsonObject } from './json.ts'
import { OPERATION_TYPE, operationOf, type Operation } from './operation.ts'
import { decodeRows, type DecodedRows } from './decoded-rows.ts'
import { STORED_DATE, storedDay } from './stored-fields.ts'

/** A hint that a document of `doctorsForDB` has changed. Hints may arrive late, twice and in any order. */
export interface DoctorChange {
  readonly operation: Operation
  /** The GMC number as stored. */
  readonly storedId: string
  /** The document in the hint; null if it is gone, or the hint only identifies it. */
  readonly doctor: StoredDoctor | null
}

const EXPECTED_OBJECT = { error: 'expected an object' }

const DOCTOR_EVENT = z.object({
  operationType: OPERATION_TYPE,
  fullDocument: z.object({ ...shapeOf(STORED_FIELDS), _id: TEXT, gmcReferenceNumber: TEXT }, EXPECTED_OBJECT).nullish(),
  documentKey: z.object({ _id: TEXT }, EXPECTED_OBJECT).nullish(),
})

function shapeOf(fields: typeof STORED_FIELDS): Record<string, z.ZodType<SentValue>> {
  return Object.fromEntries(fields.map((field) => [field, schemaOf(DOCTOR_FIELDS[field])]))
}

type SentDate = z.infer<typeof STORED_DATE>
type SentValue = SentDate | boolean

function schemaOf(kind: Kind): z.ZodType<SentValue> {
  if (kind === 'day') return STORED_DATE
  return kind === 'flag' ? z.boolean({ error: 'expected true, false or null' }).nullish() : TEXT
}

function readDoctorChange(body: JsonObject): DoctorChange {
  const { operationType, fullDocument, documentKey } = parseBody(DOCTOR_EVENT, body)
  const operation = operationOf(operationType)
  const storedId =
    textOrNull(fullDocument?._id) ?? textOrNull(fullDocument?.gmcReferenceNumber) ?? textOrNull(documentKey?._id)
  if (storedId === null) {
    throw new RowFault('ROW_KEY_MISSING', 'fullDocument._id', 'change does not identify a doctor')
  }
  const known = operation === 'upsert' && fullDocument !== null && fullDocument !== undefined
  return { operation, storedId, doctor: known ? doctorIn(storedId, fullDocument) : null }
}

function doctorIn(storedId: string, sent: Readonly<Record<string, SentValue>>): StoredDoctor {
  return storedDoctor(storedId, (field, kind) => {
    const value = sent[field]
    if (typeof value === 'boolean') return value
    // Only a day has other forms than text.
    return kind === 'day' ? storedDay(value) : ((value ?? null) as string | null)
  })
}

function keyOf({ fullDocument, documentKey }: JsonObject): string | null {
  const document = isObject(fullDocument) ? fullDocument : {}
  const ids = [document._id, document.gmcReferenceNumber, isObject(documentKey) ? documentKey._id : null]
  const storedId = ids.find((id) => typeof id === 'string' && id.trim() !== '')
  return typeof storedId === 'string' ? failedDoctorKey(storedId) : null
}

/** The doctors that a message reports as changed. Throws as `decodeRows` does; the rules judge the values. */
export function decodeDoctorChanges(message: Uint8Array): DecodedRows<DoctorChange> {
  return decodeRows(message, { read: readDoctorChange, keyOf })
}
