import type { AssembledDocument } from '../domain/assemble.ts'
import { kindOf } from '../domain/fields.ts'
import { MASTER_FIELDS } from '../domain/lists.ts'
import { RowFault } from '../domain/row-fault.ts'
import type { RowId } from '../domain/row.ts'
import { decodeRows, encodeRow, messageOf, type DecodedRows } from './decoded-rows.ts'
import { bodyLike, sentValue } from './fields.ts'
import type { JsonObject } from './json.ts'

/** The fields of the master index, without the reason, which connection adds to its own lists. */
export type MasterDocument = Omit<AssembledDocument, 'exceptionReason'>

/** A row of the master index after a change. */
export interface MasterRow {
  readonly id: RowId
  readonly document: MasterDocument
}

function readMasterRow(body: JsonObject): MasterRow {
  const id = sentValue('id', 'text', body.id)
  if (typeof id !== 'string') throw new RowFault('ROW_KEY_MISSING', 'id', 'master row has no id')
  const document: Partial<Record<keyof MasterDocument, unknown>> = {}
  for (const field of MASTER_FIELDS) document[field] = sentValue(field, kindOf(field), body[field])
  // The reference leaves it null for a trainee without a doctor, where the rules say "No".
  document.connectionStatus ??= document.designatedBody === null ? 'No' : 'Yes'
  // Every field is set, to a value of its kind.
  return { id, document: document as MasterDocument }
}

/** The reference's body as captured: its keys in its order, nulls written. */
const CAPTURED = {
  id: null,
  tcsPersonId: null,
  gmcReferenceNumber: null,
  doctorFirstName: null,
  doctorLastName: null,
  submissionDate: null,
  programmeName: null,
  membershipType: null,
  designatedBody: null,
  gmcStatus: null,
  tisStatus: null,
  admin: null,
  lastUpdatedDate: null,
  underNotice: null,
  tcsDesignatedBody: null,
  programmeOwner: null,
  curriculumEndDate: null,
  connectionStatus: null,
  membershipStartDate: null,
  membershipEndDate: null,
  existsInGmc: null,
}

const bodyOf = bodyLike<'id' | keyof MasterDocument>(CAPTURED, ['id', ...MASTER_FIELDS])

/** With the reason after the captured keys, which Java services that write lists need: they would lose it otherwise. */
const bodyWithReasonOf = bodyLike<'id' | keyof AssembledDocument>({ ...CAPTURED, exceptionReason: null }, [
  'id',
  'exceptionReason',
  ...MASTER_FIELDS,
])

/** The message that announces a changed row to Java services that write lists. */
export function encodeRowForLists(row: { readonly id: RowId; readonly document: AssembledDocument }): Uint8Array {
  return messageOf([encodeRow(bodyWithReasonOf({ id: row.id, ...row.document }))])
}

/** The message that announces changed master rows, one or more. */
export function encodeMasterRows(rows: readonly MasterRow[]): Uint8Array {
  return messageOf(rows.map(({ id, document }) => encodeRow(bodyOf({ id, ...document }))))
}

/** The master rows that a message announces. Throws as `decodeRows` does. */
export function decodeMasterRows(message: Uint8Array): DecodedRows<MasterRow> {
  return decodeRows(message, {
    read: readMasterRow,
    keyOf: ({ id }) => (typeof id === 'string' && id.trim() !== '' ? id : null),
  })
}
