import * as z from 'zod'
import { CONNECTION_STATUS, DOCTOR_STATUS, GMC_OUTCOME, UNDER_NOTICE } from '../../domain/codes.ts'
import type { ListedRow } from '../../ports/list-reader.ts'

// Both clients expect these fields in this order, with nulls written out. Source: the reference's DTOs.

const text = z.string().nullable()
const day = z.iso.date().nullable()
/** No source has it yet. */
const nothing = z.null()

/** A row of the recommendation list. */
export const DOCTOR = z
  .object({
    gmcReferenceNumber: text,
    doctorFirstName: text,
    doctorLastName: text,
    submissionDate: day,
    dateAdded: day,
    underNotice: z.enum(UNDER_NOTICE).nullable(),
    sanction: text,
    doctorStatus: z.enum(DOCTOR_STATUS).nullable(),
    gmcOutcome: z.enum(GMC_OUTCOME).nullable(),
    admin: text,
    lastUpdatedDate: day,
    designatedBody: text,
    programmeName: text,
    programmeMembershipType: text,
    curriculumEndDate: day,
    notes: nothing,
  })
  .meta({ id: 'Listed doctor', description: 'A row of the recommendation list' })
export type DoctorRow = z.infer<typeof DOCTOR>

/** A row of the connection lists. */
export const CONNECTION = z
  .object({
    gmcReferenceNumber: text,
    doctorFirstName: text,
    doctorLastName: text,
    submissionDate: day,
    programmeName: text,
    programmeMembershipType: text,
    designatedBody: text,
    tcsDesignatedBody: text,
    programmeOwner: text,
    connectionStatus: z.enum(CONNECTION_STATUS).nullable(),
    programmeMembershipStartDate: day,
    programmeMembershipEndDate: day,
    tcsPersonId: z.int().nullable(),
    exceptionReason: text,
    updatedBy: nothing,
    lastConnectionDateTime: nothing,
  })
  .meta({ id: 'Listed connection', description: 'A row of the connection lists' })
export type ConnectionRow = z.infer<typeof CONNECTION>

const count = (description: string) => z.int().min(0).describe(description)
const TOTALS = {
  countTotal: count('doctors of the designated bodies, regardless of search and filters'),
  countUnderNotice: count('how many of them are under notice'),
  totalPages: count('pages of 20 rows'),
  totalResults: count('doctors that match the search and the filters'),
}

/** A page of the recommendation list, as the gateway answers. */
export const DOCTORS_PAGE = z
  .object({ ...TOTALS, recommendationInfo: z.array(DOCTOR) })
  .meta({ id: 'Doctors page', description: 'A page of the recommendation list' })
export type DoctorsPage = z.infer<typeof DOCTORS_PAGE>

/** The same, as the recommendation service answers. */
export const TRAINEES_PAGE = z.object({ ...TOTALS, traineeInfo: z.array(DOCTOR) }).meta({
  id: 'Trainees page',
  description: 'A page of the recommendation list, from the recommendation service',
})

export const CONNECTIONS_PAGE = z
  .object({
    totalPages: count('pages of 20 rows'),
    totalResults: count('rows that match'),
    connections: z.array(CONNECTION),
  })
  .meta({ id: 'Connections page', description: 'A page of a connection list' })
export type ConnectionsPage = z.infer<typeof CONNECTIONS_PAGE>

export const SUGGESTIONS = z.array(z.string()).max(20)

export const BODY = z
  .object({ id: z.int(), dbc: z.string(), name: z.string(), abbr: z.string(), status: z.literal('CURRENT') })
  .meta({ id: 'Designated body' })

export const ADMIN = z
  .object({ firstName: z.string(), lastName: z.string(), name: z.string(), emailAddress: z.string() })
  .meta({ id: 'Admin' })

export function doctorRow({ document, dateAdded, sanction }: ListedRow): DoctorRow {
  return {
    gmcReferenceNumber: document.gmcReferenceNumber,
    doctorFirstName: document.doctorFirstName,
    doctorLastName: document.doctorLastName,
    submissionDate: document.submissionDate,
    dateAdded,
    underNotice: document.underNotice,
    sanction,
    doctorStatus: document.tisStatus,
    gmcOutcome: document.gmcStatus,
    admin: document.admin,
    lastUpdatedDate: document.lastUpdatedDate,
    designatedBody: document.designatedBody,
    programmeName: document.programmeName,
    programmeMembershipType: document.membershipType,
    curriculumEndDate: document.curriculumEndDate,
    notes: null,
  }
}

export function connectionRow({ document }: ListedRow): ConnectionRow {
  return {
    gmcReferenceNumber: document.gmcReferenceNumber,
    doctorFirstName: document.doctorFirstName,
    doctorLastName: document.doctorLastName,
    submissionDate: document.submissionDate,
    programmeName: document.programmeName,
    programmeMembershipType: document.membershipType,
    designatedBody: document.designatedBody,
    tcsDesignatedBody: document.tcsDesignatedBody,
    programmeOwner: document.programmeOwner,
    connectionStatus: document.connectionStatus,
    programmeMembershipStartDate: document.membershipStartDate,
    programmeMembershipEndDate: document.membershipEndDate,
    tcsPersonId: document.tcsPersonId,
    exceptionReason: document.exceptionReason,
    updatedBy: null,
    lastConnectionDateTime: null,
  }
}
