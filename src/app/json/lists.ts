import * as z from 'zod'
import { LISTS } from '../../domain/list-query.ts'
import { CONNECTION, DOCTOR } from '../lists/answers.ts'
import { SEARCHED_LISTS } from '../lists/find-doctors.ts'
import { DAY, FLAG, INSTANT, named, TEXT, WHOLE } from './parts.ts'

const ID = TEXT.describe('id of the row, as `reval explain` takes it')

const doctor = DOCTOR.shape
const connection = CONNECTION.shape

/** What rows of all lists have. */
const SHARED = {
  id: ID,
  gmcReferenceNumber: doctor.gmcReferenceNumber.describe('GMC number'),
  doctorFirstName: doctor.doctorFirstName.describe('first names'),
  doctorLastName: doctor.doctorLastName.describe('last name'),
}

const DOCTOR_LINE = named('Doctor row', 'A row of the list doctors, with the fields of `GET /api/v1/doctors`.', {
  ...SHARED,
  submissionDate: doctor.submissionDate.describe('day by which a recommendation is due'),
  dateAdded: doctor.dateAdded.describe('when the GMC added the doctor to the body'),
  underNotice: doctor.underNotice.describe('whether the doctor is under notice'),
  sanction: doctor.sanction.describe('sanction of the GMC'),
  doctorStatus: doctor.doctorStatus.describe('status of the recommendation'),
  gmcOutcome: doctor.gmcOutcome.describe('outcome of the latest recommendation'),
  admin: doctor.admin.describe('admin who looks after the doctor'),
  lastUpdatedDate: doctor.lastUpdatedDate.describe('when the GMC last updated the doctor'),
  designatedBody: doctor.designatedBody.describe('code of the designated body'),
  programmeName: doctor.programmeName.describe('current programmes'),
  programmeMembershipType: doctor.programmeMembershipType.describe('types of the memberships'),
  curriculumEndDate: doctor.curriculumEndDate.describe('end of the curriculum'),
  notes: doctor.notes.describe('always null: no source has it'),
})

const CONNECTION_LINE = named('Connection row', 'A row of any other list, with the fields of `GET /api/connection`.', {
  ...SHARED,
  submissionDate: connection.submissionDate.describe('day by which a recommendation is due'),
  programmeName: connection.programmeName.describe('current programmes'),
  programmeMembershipType: connection.programmeMembershipType.describe('types of the memberships'),
  designatedBody: connection.designatedBody.describe('code of the designated body, by the GMC'),
  tcsDesignatedBody: connection.tcsDesignatedBody.describe("code of the body of the programme's owner, by TCS"),
  programmeOwner: connection.programmeOwner.describe("the programme's owner"),
  connectionStatus: connection.connectionStatus.describe('whether the doctor has a designated body'),
  programmeMembershipStartDate: connection.programmeMembershipStartDate.describe('start of the membership'),
  programmeMembershipEndDate: connection.programmeMembershipEndDate.describe('end of the membership'),
  tcsPersonId: connection.tcsPersonId.describe('id of the person in TCS'),
  exceptionReason: connection.exceptionReason.describe('why a connection failed'),
  updatedBy: connection.updatedBy.describe('always null: no source has it'),
  lastConnectionDateTime: connection.lastConnectionDateTime.describe('always null: no source has it'),
})

const READ_FROM = named('Live data', 'What a list was read from.', {
  generation: TEXT.describe('id of the generation'),
  run: TEXT.describe('id of the run that filled it'),
  day: DAY.nullable().describe('day of the run; null if the ledger no longer has the run'),
  since: INSTANT.nullable().describe('when it went live; null if the ledger does not know'),
})

const SCOPE = {
  bodies: z.array(TEXT).readonly().nullable().describe('codes of the requested designated bodies; null for all'),
  unknownBodies: z.array(TEXT).readonly().describe('which of them are neither configured nor in the data'),
  live: READ_FROM.describe('the data that answered'),
}

export const LISTED = z.strictObject({
  list: z.enum(LISTS).describe('the list'),
  search: TEXT.nullable().describe('the searched text; null without a search'),
  filters: z.record(TEXT, TEXT).describe('the filters'),
  ...SCOPE,
  sort: z
    .strictObject({
      column: TEXT.nullable().describe('the column; null for a column without values, which sorts by name'),
      direction: z.enum(['asc', 'desc']).describe('its direction'),
    })
    .describe('the order'),
  page: WHOLE.describe('number of the page, from 1'),
  size: WHOLE.describe('rows per page'),
  totalPages: WHOLE.describe('number of pages'),
  totalResults: WHOLE.describe('rows that match the search and the filters'),
  countTotal: WHOLE.describe('rows of the list for the bodies, regardless of search and filters'),
  countUnderNotice: WHOLE.describe('how many of them are under notice'),
  rows: z
    .array(z.union([DOCTOR_LINE, CONNECTION_LINE]))
    .readonly()
    .describe('the rows of the page; empty beyond the last page'),
})
export type ListedView = z.infer<typeof LISTED>

export const FOUND_DOCTOR = named('Found doctor', 'A doctor that at least one list finds.', {
  ...SHARED,
  tcsPersonId: connection.tcsPersonId.describe('id of the person in TCS'),
  designatedBody: connection.designatedBody.describe('code of the designated body, by the GMC'),
  tcsDesignatedBody: connection.tcsDesignatedBody.describe("code of the body of the programme's owner, by TCS"),
  programmeName: connection.programmeName.describe('current programmes'),
  lists: z
    .array(z.enum(SEARCHED_LISTS))
    .readonly()
    .describe('the lists that the doctor is in, as the bodies see them, searched or not'),
})

export const FOUND = z.strictObject({
  text: TEXT.describe('the searched text'),
  searched: z.array(z.enum(SEARCHED_LISTS)).readonly().describe('the lists that were searched'),
  ...SCOPE,
  totals: z.partialRecord(z.enum(SEARCHED_LISTS), WHOLE).describe('rows that match, by list that was searched'),
  isComplete: FLAG.describe('whether `doctors` has all that were found; false if `--limit` cut them off'),
  doctors: z.array(FOUND_DOCTOR).readonly().describe('by last name, first name and row id'),
})
export type FoundView = z.infer<typeof FOUND>
