import * as z from 'zod'
import { DOCTOR_STATUS, GMC_OUTCOME } from '../../domain/codes.ts'
import { SUGGESTED_FIELDS } from '../../domain/list-query.ts'
import { SEARCHED_LISTS } from '../lists/find-doctors.ts'
import { PAGE_SIZE } from '../lists/list-request.ts'
import { sortNamesOf } from '../lists/sort-columns.ts'

// Only documentation: more is accepted. The clients also send values in JSON quotes or encoded twice, and the literal `undefined`.
// `src/app/lists` decodes and checks the values, so that each fault has its own reason.

type Documented = Readonly<Record<string, unknown>>

const parameter = (description: string, documented: Documented = {}) =>
  z
    .string()
    .optional()
    .meta({ description, ...documented })

// Empty filters mean no filter, so the patterns allow them.
const CODES = { pattern: '^,*([^,]{1,20}(,+|$)){0,50}$' }
const statuses = (names: readonly string[]) => {
  const one = ` *(${[...names, 'UNKNOWN', 'null'].join('|')})? *`
  return parameter('one or more, separated by commas', { pattern: `^${one}(,${one})*$` })
}

const BODIES =
  'codes of designated bodies, separated by commas. Empty: no rows. Left out: all bodies that the caller may see'
const day = (description: string) => parameter(description, { anyOf: [{ format: 'date' }, { maxLength: 0 }] })
const range = (field: string, what: string) => ({
  [`${field}From`]: day(`${what} on this day or later`),
  [`${field}To`]: day(`${what} on this day or earlier`),
})

const COMMON = {
  pageNumber: parameter('number of the page, from 0; a page has 20 rows', {
    pattern: '^([0-4]?[0-9]{1,5})?$',
    default: '0',
  }),
  sortOrder: parameter('direction; rows without a value come last in either', { enum: ['asc', 'desc', ''] }),
  searchQuery: parameter('text to search for; case and accents do not matter', { maxLength: 256 }),
  dbcs: parameter(BODIES, CODES),
  programmeName: parameter('words that the name of a programme contains in this order', { maxLength: 256 }),
  ...range('submissionDate', 'submission'),
  format: z.enum(['json', 'csv']).optional().meta({ description: '`csv` downloads the whole list' }),
}

export const DOCTORS_QUERY = z.object({
  ...COMMON,
  sortColumn: parameter('column to sort by', { enum: [...sortNamesOf('doctors'), ''] }),
  underNotice: parameter('`true`: only doctors under notice', { enum: ['true', 'false', ''] }),
  gmcStatus: statuses(GMC_OUTCOME),
  tisStatus: statuses(DOCTOR_STATUS),
  admin: parameter('the admin; case does not matter', { maxLength: 256 }),
})

export const CONNECTIONS_QUERY = z.object({
  ...COMMON,
  sortColumn: parameter('column to sort by', { enum: [...sortNamesOf('all'), ''] }),
  filter: parameter('sent by the clients; ignored'),
  ...range('membershipEndDate', 'end of the programme membership'),
  ...range('lastConnectionDateTime', 'last connection (no row has one)'),
  updatedBy: parameter('who connected the doctor; finds nothing, because no source says it', { maxLength: 256 }),
  tisDesignatedBodies: parameter(
    "for discrepancies: codes of the programme owners' bodies, separated by commas. Left out: the same as dbcs",
    CODES,
  ),
})

const SIZE = z.coerce.number().int().min(1).max(1_000).default(PAGE_SIZE).meta({ description: 'rows per page' })

/** The same for operators, who choose the size of a page. */
export const PAGE_QUERIES = {
  doctors: DOCTORS_QUERY.omit({ format: true }).extend({ size: SIZE }),
  others: CONNECTIONS_QUERY.omit({ format: true, filter: true }).extend({ size: SIZE }),
}

export const FIND_QUERY = z.object({
  searchQuery: z.string().meta({ description: 'text to search for', pattern: '[0-9A-Za-z]', maxLength: 256 }),
  dbcs: COMMON.dbcs,
  lists: parameter('the lists to search, separated by commas. Left out: all', { pattern: listsPattern() }),
  limit: z.coerce.number().int().min(1).max(900).default(20),
})

function listsPattern(): string {
  const one = `(${SEARCHED_LISTS.join('|')})`
  return `^${one}(,${one})*$`
}

export const SUGGESTIONS_QUERY = z.object({
  fieldName: z.string().meta({ description: 'field whose values to suggest', enum: SUGGESTED_FIELDS }),
  input: parameter('start of a word in the value; blank: the most frequent values', { maxLength: 256 }),
  dbcs: parameter(BODIES, CODES),
})
