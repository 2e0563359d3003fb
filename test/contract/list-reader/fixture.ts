import type { Doctor } from '../../../src/domain/doctor.ts'
import type { Row } from '../../../src/domain/row.ts'
import type { Trainee } from '../../../src/domain/trainee.ts'
import { aDoctor, aRow, aTrainee } from '../../domain/examples.ts'

export const NORTH = '1-1RSSQ1B'
export const WESSEX = '1-1RUZUSF'
export const LONDON = '1-1RUZV1D'

interface Person {
  readonly first: string | null
  readonly last: string | null
  readonly number?: string
  readonly programme?: string | null
  readonly body?: string | null
  readonly tcsBody?: string | null
  readonly doctor?: Partial<Doctor>
  readonly trainee?: Partial<Trainee>
  readonly reason?: string
}

/** The row of somebody who is a trainee and a doctor. */
export function personRow(at: number, person: Person): Row {
  const { first, last, number = String(5_000_000 + at), programme = null, body = NORTH, tcsBody = body } = person
  const names = { doctorFirstName: first, doctorLastName: last, gmcReferenceNumber: number }
  const trainee = { ...names, tcsPersonId: at, programmeName: programme, tcsDesignatedBody: tcsBody }
  return aRow(`tcs-${at}`, {
    trainee: aTrainee({ ...trainee, placementGrade: null, ...person.trainee }),
    doctor: aDoctor({ ...names, designatedBodyCode: body, ...person.doctor }),
    reason: person.reason ?? null,
  })
}

/** Longer than what is folded of a text. */
export const LONG_NAME = 'Longname '.repeat(40).trim()

/** Names that are written in more than one way. */
const NAMED: readonly Person[] = [
  { first: 'Siân', last: 'Evans' },
  { first: 'Sia\u0302n', last: 'Hughes' },
  { first: 'Mary', last: "O'Brien" },
  { first: 'Pat', last: 'O’Brien' },
  { first: 'Jo', last: 'OʼBrien' },
  { first: 'Ann', last: 'Smith-Jones' },
  { first: 'Bob', last: 'Smith\u2011Jones' },
  { first: 'Carl', last: 'Smith Jones' },
  { first: 'Juan', last: 'de la Cruz' },
  { first: 'John', last: 'Smith' },
  { first: 'Øyvind', last: 'Strauß' },
  { first: 'Łukasz', last: 'Đặng' },
  { first: 'Οδυσσεύς', last: 'Ελύτης' },
  { first: '小龍', last: '李' },
  { first: 'ﬁona', last: 'Þór' },
  { first: 'Işık', last: 'Æthelred' },
  { first: 'Nul', last: 'Null' },
  { first: null, last: null },
  { first: '*', last: '%' },
  { first: 'Rebecca', last: 'Coding' },
  { first: 'Lou', last: LONG_NAME, programme: `${'Very '.repeat(60)}Long`, reason: LONG_NAME },
]

const NUMBERED: readonly Person[] = [
  { first: 'Nora', last: 'Number', number: '1234567' },
  { first: 'Olga', last: 'Number', number: '1234567 (old)' },
  { first: 'Paul', last: 'Number', number: '1234599' },
  { first: 'Quinn', last: 'Number', number: 'UNKNOWN' },
]

const PROGRAMMED: readonly Person[] = [
  { first: 'Prue', last: 'One', programme: 'Core | General Surgery' },
  { first: 'Prue', last: 'Two', programme: 'General Surgery | Core Training' },
  { first: 'Prue', last: 'Three', programme: 'Surgery Core' },
  { first: 'Prue', last: 'Four', programme: 'Acute Care Common Stem (East)' },
]

/** More completions of one word than a search engine tries by itself. */
const COMPLETIONS: readonly Person[] = Array.from({ length: 60 }, (_, at) => ({
  first: 'Max',
  last: 'Expansion',
  programme: `Endocrinology ${at} Zeta${String.fromCodePoint(97 + (at % 26))}${at}`,
}))

/** Rows of each list and of bodies. */
const SCOPED: readonly Person[] = [
  { first: 'Dis', last: 'North', body: null, tcsBody: NORTH },
  { first: 'Dis', last: 'Wessex', body: null, tcsBody: WESSEX },
  { first: 'Dis', last: 'Nobody', body: null, tcsBody: null },
  { first: 'Con', last: 'Wessex', body: WESSEX, tcsBody: NORTH },
  { first: 'Con', last: 'London', body: LONDON, tcsBody: null },
  { first: 'Con', last: 'Military', body: LONDON, tcsBody: WESSEX, trainee: { programmeMembershipType: 'Military' } },
  { first: 'Con', last: 'Graded', body: LONDON, tcsBody: WESSEX, trainee: { placementGrade: '12 | 279' } },
  { first: 'Con', last: 'Ungraded', body: LONDON, tcsBody: WESSEX, trainee: { placementGrade: '2790' } },
  { first: 'Exc', last: 'Visitor', body: WESSEX, trainee: { programmeMembershipType: 'VISITOR' } },
  { first: 'Exc', last: 'Ended', body: NORTH, trainee: { programmeMembershipEndDate: '2026-05-31' } },
  { first: 'Exc', last: 'Reason', body: null, tcsBody: null, reason: 'Missing body' },
  { first: 'Exc', last: 'Owned', body: null, tcsBody: LONDON, reason: 'Missing body' },
  { first: 'Not', last: 'Registered', doctor: { existsInGmc: false } },
]

/** What differs between rows that are otherwise alike. */
const VARIED: readonly Person[] = [
  { first: 'Á', last: 'Order', doctor: { submissionDate: null, admin: null, underNotice: null } },
  {
    first: 'a',
    last: 'Order',
    doctor: { submissionDate: '2026-12-31', admin: 'B@example.nhs.uk', doctorStatus: null },
  },
  { first: 'Ä', last: 'Order', doctor: { submissionDate: '2027-01-31', admin: 'b@example.nhs.uk' } },
  { first: 'B', last: 'Order', doctor: { submissionDate: null, doctorStatus: 'COMPLETED', underNotice: 'NO' } },
  { first: 'B', last: null, doctor: { lastUpdatedDate: null, underNotice: 'ON_HOLD' } },
  { first: null, last: 'Order', trainee: { programmeOwner: null, programmeMembershipStartDate: null } },
  { first: '—', last: 'Order', trainee: { programmeOwner: 'North East', curriculumEndDate: null } },
]

/** Rows that only their ids tell apart, or a name. */
const TIED: readonly Person[] = Array.from({ length: 300 }, (_, at) => ({
  first: at % 3 === 0 ? 'Tie' : 'tíe',
  last: at % 2 === 0 ? 'Tied' : 'TIED',
  body: [NORTH, WESSEX, LONDON][at % 3] ?? null,
  doctor: { underNotice: at % 5 === 0 ? ('YES' as const) : ('NO' as const) },
}))

/** A doctor without a trainee, and a trainee without a doctor. */
const ALONE: readonly Row[] = [
  aRow('gmc-7000001', { doctor: aDoctor({ gmcReferenceNumber: '7000001' }), outcome: 'Approved' }),
  aRow('gmc-7000002', { doctor: aDoctor({ gmcReferenceNumber: '7000002' }), outcome: 'Under Review' }),
  aRow('tcs-999999', { trainee: aTrainee({ tcsPersonId: 999_999, doctorLastName: 'Alone', placementGrade: null }) }),
]

/** About four hundred rows, with deliberate ties. */
export const FIXTURE: readonly Row[] = [
  ...[...NAMED, ...NUMBERED, ...PROGRAMMED, ...COMPLETIONS, ...SCOPED, ...VARIED, ...TIED].map((person, at) =>
    personRow(at + 1, person),
  ),
  ...ALONE,
]
