import type {
  FillableSources,
  FilledRow,
  SourceFilling,
  SourceTable,
  SourceTables,
} from '../../../src/ports/source-filling.ts'

/** Sources of few rows, so that a run over them takes next to no time. */
export interface Few {
  /** Written into every name and reason, to distinguish the rows of two fillings. */
  readonly label?: string
  /** Persons 1, 2, … with the GMC numbers from 7000001, each with one membership that is current until 2035. */
  readonly trainees?: number
  /** With the GMC numbers from 7000006: the first five trainees have no doctor. Every other one has a designated body. */
  readonly doctors?: number
  /** For the GMC numbers from 7000001. */
  readonly reasons?: number
}

export const FEW: Required<Few> = { label: 'few', trainees: 20, doctors: 20, reasons: 4 }
/** How many rows the master index has after a sync of `FEW`. */
export const ROWS_OF_FEW = 25

const FIRST_NUMBER = 7_000_001
const FIRST_DOCTOR = FIRST_NUMBER + 5

/** Replaces the sources. */
export async function fillFew(sources: FillableSources, few: Few): Promise<void> {
  const { label, trainees, doctors, reasons } = { ...FEW, ...few }
  const filling = await sources.begin()
  await add(filling, 'Programme', 1, () => ({
    id: 1,
    owner: 'Wessex',
    programmeName: `programme ${label}`,
    programmeNumber: null,
  }))
  await add(filling, 'ContactDetails', trainees, (index) => ({ id: index + 1, surname: label, forenames: null }))
  await add(filling, 'GmcDetails', trainees, (index) => ({ id: index + 1, gmcNumber: String(FIRST_NUMBER + index) }))
  await add(filling, 'ProgrammeMembership', trainees, (index) => ({
    uuid: `00000000-0000-4000-8000-${String(index + 1).padStart(12, '0')}`,
    personId: index + 1,
    programmeId: 1,
    programmeMembershipType: 'SUBSTANTIVE',
    programmeStartDate: '2020-01-01',
    programmeEndDate: '2035-12-31',
  }))
  await add(filling, 'doctorsForDB', doctors, (index) => ({
    storedId: String(FIRST_DOCTOR + index),
    doctorFirstName: label,
    doctorLastName: label,
    submissionDate: '2027-01-01',
    dateAdded: null,
    underNotice: 'NO',
    sanction: null,
    doctorStatus: 'NOT_STARTED',
    lastUpdatedDate: null,
    designatedBodyCode: index % 2 === 0 ? '1-1RUZUSF' : null,
    admin: null,
    existsInGmc: true,
  }))
  await add(filling, 'exceptionLogs', reasons, (index) => ({
    storedId: String(FIRST_NUMBER + index),
    errorMessage: `reason ${label}`,
    timestamp: null,
  }))
  await filling.commit()
}

async function add<T extends SourceTable>(
  filling: SourceFilling,
  table: T,
  count: number,
  rowOf: (index: number) => SourceTables[T],
): Promise<void> {
  const rows = Array.from({ length: count }, (_, index): FilledRow<T> => ({ line: index + 1, values: rowOf(index) }))
  if (rows.length > 0) await filling.add(table, rows)
}
