import { DOCTOR_STATUS, GMC_OUTCOME } from '../../domain/codes.ts'
import type { DayFilter, DayRange, ListFilters, ListName } from '../../domain/list-query.ts'
import { squashed, words } from '../../domain/words.ts'
import { fault, quoted, type ParameterReader } from './parameter.ts'

/** The texts by which today's client filters for missing values. */
const NONE = ['', 'null', 'unknown']

const OF_ALL = ['programmeName', 'submissionDateFrom', 'submissionDateTo']

/** The filters of a list, except those that find nothing because no source has their values. */
export function filterNamesOf(list: ListName): readonly string[] {
  return list === 'doctors'
    ? [...OF_ALL, 'underNotice', 'gmcStatus', 'tisStatus', 'admin']
    : [...OF_ALL, 'membershipEndDateFrom', 'membershipEndDateTo']
}

/** The filters of a request. A blank one does not limit. Throws USAGE for a day or a status that does not exist. */
export function filtersOf(list: ListName, reader: ParameterReader): ListFilters {
  const programmeName = reader.text('programmeName')
  const programme = programmeName === null ? null : words(programmeName)
  if (list !== 'doctors') {
    return {
      ...UNLIMITED,
      programmeName: programme,
      connectedBy: isLimitedByConnection(reader),
      days: daysOf(reader, ['submissionDate', 'membershipEndDate']),
    }
  }
  const admin = reader.text('admin')
  return {
    ...UNLIMITED,
    underNotice: reader.oneOfAnyCase('underNotice', ['true', 'false']) === 'true',
    programmeName: programme,
    gmcStatus: statusesOf(reader, 'gmcStatus', GMC_OUTCOME),
    tisStatus: statusesOf(reader, 'tisStatus', DOCTOR_STATUS),
    admin: admin === null ? null : squashed(admin),
    days: daysOf(reader, ['submissionDate']),
  }
}

const UNLIMITED = { underNotice: false, gmcStatus: null, tisStatus: null, admin: null, connectedBy: false }

function daysOf(reader: ParameterReader, fields: readonly DayFilter[]): Partial<Record<DayFilter, DayRange>> {
  const ranges: Partial<Record<DayFilter, DayRange>> = {}
  for (const field of fields) {
    const range = { from: reader.day(`${field}From`), to: reader.day(`${field}To`) }
    if (range.from !== null || range.to !== null) ranges[field] = range
  }
  return ranges
}

/** Whether a request filters by the date or author of a connection. */
function isLimitedByConnection(reader: ParameterReader): boolean {
  const days = [reader.day('lastConnectionDateTimeFrom'), reader.day('lastConnectionDateTimeTo')]
  const updatedBy = reader.text('updatedBy')
  return updatedBy !== null || days.some((day) => day !== null)
}

/** Statuses by name or text, separated by commas: `Approved,Under Review` or `UNDER_REVIEW`. */
function statusesOf(
  reader: ParameterReader,
  name: string,
  known: readonly string[],
): readonly (string | null)[] | null {
  const text = reader.choice(name)
  if (text === null) return null
  const statuses = text.split(',').map((each) => {
    const wanted = folded(each)
    if (NONE.includes(wanted)) return null
    const status = known.find((value) => folded(value) === wanted)
    if (status === undefined) throw fault(name, `expected ${known.join(', ')} or UNKNOWN; got ${quoted(each)}`)
    return status
  })
  return [...new Set(statuses)]
}

function folded(status: string): string {
  return status
    .replace(/^ +| +$/g, '')
    .toLowerCase()
    .replace(/[_ ]+/g, ' ')
}
