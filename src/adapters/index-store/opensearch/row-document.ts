import { assemble, type AssembledDocument } from '../../../domain/assemble.ts'
import { hasReason, isVisitor } from '../../../domain/lists.ts'
import { numberOfRow, type Marks, type Row, type RowId } from '../../../domain/row.ts'
import type { StoredRow } from '../../../ports/index-store.ts'
import { partsOfValues, valuesOfParts, type PartsValues } from '../row-codec.ts'
import { tokenOf } from './token.ts'

/** The engine refuses longer ids, in bytes of UTF-8. */
const LONGEST_ID = 512

/** Under `reval` in a document: what the fields do not say. */
interface StoredParts {
  readonly parts: PartsValues
  readonly marks?: Marks
  readonly hidden?: true
}

/** A row as the engine gives it back. */
export interface FoundDocument {
  readonly _id: RowId
  readonly _seq_no: number
  readonly _primary_term: number
  readonly _source: { readonly reval: StoredParts }
}

/** Whether an engine can keep a row of this id. Stored, half a character becomes another one. */
export function isStorable(id: RowId): boolean {
  return id.isWellFormed() && (id.length <= LONGEST_ID / 3 || Buffer.byteLength(id) <= LONGEST_ID)
}

/** The document of a row as JSON on one line. Null fields are absent; a hidden row shows none, so it has none. */
export function documentText(row: Row): string {
  const { id, parts, marks, hidden } = row
  const document = hidden ? null : assemble(parts)
  return JSON.stringify({
    ...(document === null ? {} : present(document)),
    reval: {
      id,
      number: numberOfRow(row) ?? undefined,
      hidden: hidden || undefined,
      visitor: (document !== null && isVisitor(document)) || undefined,
      withReason: (document !== null && hasReason(document)) || undefined,
      parts: valuesOfParts(parts),
      marks: Object.keys(marks).length === 0 ? undefined : marks,
    },
  })
}

/** The document with undefined in place of null: JSON leaves that out. */
function present(document: AssembledDocument): Partial<Record<keyof AssembledDocument, unknown>> {
  return {
    tcsPersonId: document.tcsPersonId ?? undefined,
    gmcReferenceNumber: document.gmcReferenceNumber ?? undefined,
    doctorFirstName: document.doctorFirstName ?? undefined,
    doctorLastName: document.doctorLastName ?? undefined,
    submissionDate: document.submissionDate ?? undefined,
    programmeName: document.programmeName ?? undefined,
    membershipType: document.membershipType ?? undefined,
    designatedBody: document.designatedBody ?? undefined,
    gmcStatus: document.gmcStatus ?? undefined,
    tisStatus: document.tisStatus ?? undefined,
    admin: document.admin ?? undefined,
    lastUpdatedDate: document.lastUpdatedDate ?? undefined,
    underNotice: document.underNotice ?? undefined,
    tcsDesignatedBody: document.tcsDesignatedBody ?? undefined,
    programmeOwner: document.programmeOwner ?? undefined,
    curriculumEndDate: document.curriculumEndDate ?? undefined,
    connectionStatus: document.connectionStatus,
    membershipStartDate: document.membershipStartDate ?? undefined,
    membershipEndDate: document.membershipEndDate ?? undefined,
    existsInGmc: document.existsInGmc ?? undefined,
    exceptionReason: document.exceptionReason ?? undefined,
  } satisfies Record<keyof AssembledDocument, unknown>
}

/** The row of a document that the engine gave back. */
export function rowOf({ _id: id, _seq_no: seqNo, _primary_term: primaryTerm, _source }: FoundDocument): StoredRow {
  const { parts, marks = {}, hidden = false } = _source.reval
  return { row: { id, parts: partsOfValues(parts), marks, hidden }, token: tokenOf({ id, seqNo, primaryTerm }) }
}
