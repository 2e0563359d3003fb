import { DESIGNATED_BODIES } from '../../src/domain/designated-bodies.ts'
import { BASE, doctors, happeningsOf, memberships, RUN_DAY, SMALL_BODY, type Happenings } from './base-export.ts'
import { demoTables, withRows, type Tables } from './tables.ts'

/** A third of memberships ended; nine in ten of these trainees started another one, in any programme. */
function newAcademicYear(): Tables {
  const isCurrent = (start: string | null, end: string | null): boolean =>
    start !== null && end !== null && start <= RUN_DAY && RUN_DAY <= end
  const ends = BASE.ProgrammeMembership.map(
    (row, position) => position % 3 === 0 && isCurrent(row.programmeStartDate, row.programmeEndDate),
  )
  const begun = BASE.ProgrammeMembership.filter((_, position) => ends[position] === true && position % 10 !== 0).map(
    (row, index) => ({
      ...row,
      uuid: `begun-${index}`,
      programmeId: BASE.Programme[(index * 7) % BASE.Programme.length]?.id ?? null,
      programmeStartDate: RUN_DAY,
      programmeEndDate: '2034-07-31',
    }),
  )
  const curricula = begun.map(({ uuid, personId, programmeStartDate }, index) => ({
    id: 1_000_000 + index,
    programmeMembershipUuid: uuid,
    personId,
    curriculumId: 1,
    curriculumStartDate: programmeStartDate,
    curriculumEndDate: '2032-07-31',
  }))
  const changed = memberships((row, position) =>
    ends[position] === true ? { ...row, programmeEndDate: '2026-05-31' } : row,
  )
  return {
    ...changed,
    ProgrammeMembership: [...changed.ProgrammeMembership, ...begun],
    CurriculumMembership: [...changed.CurriculumMembership, ...curricula],
  }
}

const numberOf = (index: number): string => String(9_900_000 + index)
const idOf = (index: number): number => 1_000_000 + index
const SOME = BASE.doctorsForDB.filter((_, position) => position % 33 === 0)

/** Three more trainees per hundred doctors. */
function withTrainees(tables: Tables): Tables {
  return {
    ...tables,
    GmcDetails: [...tables.GmcDetails, ...SOME.map((_, index) => ({ id: idOf(index), gmcNumber: numberOf(index) }))],
    ContactDetails: [
      ...tables.ContactDetails,
      ...SOME.map((_, index) => ({ id: idOf(index), surname: 'Lindqvist', forenames: 'Anna' })),
    ],
  }
}

/** Three more doctors per hundred, each a trainee. */
function withDoctors(tables: Tables): Tables {
  const doctorsForDB = [...tables.doctorsForDB, ...SOME.map((row, index) => ({ ...row, storedId: numberOf(index) }))]
  return withTrainees({ ...tables, doctorsForDB })
}

function renamed<Owner extends string | null>(owner: Owner): Owner | string {
  return owner === 'Yorkshire and the Humber' ? 'Yorkshire & Humber' : owner
}

const TWELVE = demoTables(12)
const FEW_REASONS: Tables = { ...BASE, exceptionLogs: BASE.exceptionLogs.slice(0, 15) }

const ORDINARY: Happenings = {
  'nothing changed': BASE,
  'new academic year: a third of memberships ended, most were replaced': newAcademicYear(),
  '3 % new doctors': withDoctors(BASE),
  'one designated body was re-coded': doctors((row) =>
    row.designatedBodyCode === '1-1RSSQ05' ? { ...row, designatedBodyCode: '1-NEW0001' } : row,
  ),
  'one programme owner was renamed, and the mapping updated': {
    before: BASE,
    now: withRows(BASE, 'Programme', (row) => ({ ...row, owner: renamed(row.owner) })),
    bodiesNow: DESIGNATED_BODIES.map(({ code, owners }) => ({ code, owners: owners.map(renamed) })),
  },
  '3 % new trainees, not known to the GMC yet': withTrainees(BASE),
  'a designated body with eight doctors was closed': doctors((row) =>
    row.designatedBodyCode === SMALL_BODY ? null : row,
  ),
  'one of twelve admins left, and the doctors are unassigned': doctors((row) =>
    row.admin === 'admin.3@example.nhs.uk' ? { ...row, admin: null } : row,
  ),
  'half of the doctors ready to submit were submitted to the GMC': doctors((row) =>
    row.doctorStatus === 'READY_TO_SUBMIT' && row.storedId > '5' ? { ...row, doctorStatus: 'SUBMITTED_TO_GMC' } : row,
  ),
  'no doctors on hold any more': doctors((row) =>
    row.underNotice === 'ON_HOLD' ? { ...row, underNotice: 'YES' } : row,
  ),
  "a week's exceptions were cleared": withRows(BASE, 'exceptionLogs', (row, position) =>
    position % 10 < 7 ? null : row,
  ),
  'all 15 exceptions were cleared': {
    before: FEW_REASONS,
    now: { ...FEW_REASONS, exceptionLogs: [] },
  },
  'all doctors were read from the GMC today': doctors((row) => ({ ...row, lastUpdatedDate: RUN_DAY })),
  '5 of 12 doctors left': {
    before: TWELVE,
    now: withRows(TWELVE, 'doctorsForDB', (row, position) => (position < 5 ? null : row)),
  },
}

export const ORDINARY_DAYS = happeningsOf(ORDINARY)
