import { BASE, contacts, details, doctors, happeningsOf, memberships, type Happenings } from './base-export.ts'
import { withRows, type Tables } from './tables.ts'

const COUNT = BASE.doctorsForDB.length
const PERSONS = BASE.ContactDetails.length
const wessex = new Set(BASE.Programme.filter(({ owner }) => owner === 'Wessex').map(({ id }) => id))

function years(day: string | null, by: number): string | null {
  if (day === null) return null
  const [year, rest] = [Number(day.slice(0, 4)) + by, day.slice(4)]
  return `${year}${rest === '-02-29' ? '-02-28' : rest}`
}

/** The same people twice, the second time under new ids. */
function doubledPersons(): Tables {
  const beyond = 1 + Math.max(...BASE.ContactDetails.map(({ id }) => id))
  const twice = <Row extends { readonly id: number }>(rows: readonly Row[]): Row[] => [
    ...rows,
    ...rows.map((row) => ({ ...row, id: row.id + beyond })),
  ]
  return { ...BASE, ContactDetails: twice(BASE.ContactDetails), GmcDetails: twice(BASE.GmcDetails) }
}

/** The doctors as of three months ago: later updates have an older date, and doctors added since are missing. */
const STALE = doctors((row, position) => {
  const recent = row.lastUpdatedDate !== null && row.lastUpdatedDate > '2025-10-01'
  if (position % 50 === 0) return null
  return recent ? { ...row, lastUpdatedDate: '2025-09-30' } : row
})

function bodyOfNextRow(): Tables {
  return doctors((row, position) => ({
    ...row,
    designatedBodyCode: BASE.doctorsForDB[position + 1]?.designatedBodyCode ?? null,
  }))
}

const swapped = (day: string | null): string | null =>
  day === null || Number(day.slice(8)) > 12 ? day : `${day.slice(0, 5)}${day.slice(8)}-${day.slice(5, 7)}`

const BROKEN: Happenings = {
  'doctorsForDB is cut off after a third': doctors((row, position) => (position < COUNT / 3 ? row : null)),
  'doctorsForDB has only one designated body': doctors((row) => (row.designatedBodyCode === '1-1RSSQ05' ? row : null)),
  'doctorsForDB lacks one designated body': doctors((row) => (row.designatedBodyCode === '1-1RSSQ05' ? null : row)),
  'doctorsForDB lacks all surnames starting with S': doctors((row) =>
    row.doctorLastName?.toUpperCase().startsWith('S') === true ? null : row,
  ),
  'doctorsForDB is three months old': STALE,
  'designatedBodyCode is missing': doctors((row) => ({ ...row, designatedBodyCode: null })),
  'designatedBodyCode is white space': doctors((row) => ({ ...row, designatedBodyCode: '  ' })),
  'designatedBodyCode is the same for all': doctors((row) => ({ ...row, designatedBodyCode: '1-1RSSQ05' })),
  'designatedBodyCode is "NULL" instead of empty': doctors((row) => ({
    ...row,
    designatedBodyCode: row.designatedBodyCode?.trim() ? row.designatedBodyCode : 'NULL',
  })),
  'designatedBodyCode is in lower case': doctors((row) => ({
    ...row,
    designatedBodyCode: row.designatedBodyCode?.toLowerCase() ?? null,
  })),
  'designatedBodyCode is shifted by one row': bodyOfNextRow(),
  'GMC numbers of doctors have a prefix': doctors((row) => ({ ...row, storedId: `GMC${row.storedId}` })),
  'GMC numbers of doctors lost their leading zeros': doctors((row) => ({
    ...row,
    storedId: row.storedId.replace(/^0+/, ''),
  })),
  'GMC numbers of TCS are "NULL"': details((row) => ({ ...row, gmcNumber: 'NULL' })),
  'GmcDetails is empty': { ...BASE, GmcDetails: [] },
  'admin is missing': doctors((row) => ({ ...row, admin: null })),
  'underNotice is NO for all': doctors((row) => ({ ...row, underNotice: 'NO' })),
  'doctorStatus is the same for all': doctors((row) => ({ ...row, doctorStatus: 'NOT_STARTED' })),
  'existsInGmc is false for all': doctors((row) => ({ ...row, existsInGmc: false })),
  'submissionDate is a century late': doctors((row) => ({ ...row, submissionDate: years(row.submissionDate, 100) })),
  'submissionDate is a year early': doctors((row) => ({ ...row, submissionDate: years(row.submissionDate, -1) })),
  'submissionDate has day and month swapped': doctors((row) => ({
    ...row,
    submissionDate: swapped(row.submissionDate),
  })),
  '1 in 100 submissionDates is a century late': doctors((row, position) => ({
    ...row,
    submissionDate: position % 100 === 0 ? years(row.submissionDate, 100) : row.submissionDate,
  })),
  'names are scrambled': doctors((row) => ({ ...row, doctorFirstName: 'XXXX', doctorLastName: 'XXXX' })),
  'recommendation is empty': { ...BASE, recommendation: [] },
  'exceptionLogs is empty': { ...BASE, exceptionLogs: [] },
  'ContactDetails is cut off after two thirds': contacts((row, position) =>
    position < (PERSONS * 2) / 3 ? row : null,
  ),
  'ContactDetails is duplicated under other ids': doubledPersons(),
  'ContactDetails has first and last names swapped': contacts(({ id, surname, forenames }) => ({
    id,
    surname: forenames,
    forenames: surname,
  })),
  'TCS is three months old (1 in 50 people missing)': contacts((row, position) => (position % 50 === 0 ? null : row)),
  'Programme is empty': { ...BASE, Programme: [] },
  'Programme has its columns shifted by one': withRows(BASE, 'Programme', (row) => ({
    id: row.id,
    owner: row.programmeName,
    programmeName: row.programmeNumber,
    programmeNumber: null,
  })),
  'ProgrammeMembership has its columns shifted by one': memberships((row) => ({
    ...row,
    programmeMembershipType: row.programmeStartDate,
    programmeStartDate: row.programmeEndDate,
    programmeEndDate: null,
  })),
  'ProgrammeMembership lacks every second row': memberships((row, position) => (position % 2 === 0 ? row : null)),
  'ProgrammeMembership has only one region': memberships((row) => (wessex.has(row.programmeId ?? NaN) ? row : null)),
  'ProgrammeMembership lacks one region': memberships((row) => (wessex.has(row.programmeId ?? NaN) ? null : row)),
  'programmeMembershipType is missing': memberships((row) => ({ ...row, programmeMembershipType: null })),
  'programmeEndDate is missing': memberships((row) => ({ ...row, programmeEndDate: null })),
  'programmeEndDate is a century late': memberships((row) => ({
    ...row,
    programmeEndDate: years(row.programmeEndDate, 100),
  })),
  'CurriculumMembership is empty': { ...BASE, CurriculumMembership: [] },
  'Placement is missing': { ...BASE, Placement: [] },
  'one programme owner was renamed, and is not mapped to a body': withRows(BASE, 'Programme', (row) =>
    row.owner === 'Yorkshire and the Humber' ? { ...row, owner: 'Yorkshire & Humber' } : row,
  ),
}

export const BROKEN_EXPORTS = happeningsOf(BROKEN)
