import * as z from 'zod'
import { DOCTOR_STATUS, GMC_OUTCOME } from '../../domain/codes.ts'
import { SUGGESTED_FIELDS } from '../../domain/list-query.ts'
import { sortNamesOf } from '../lists/sort-columns.ts'

// The parameters as they are documented. Accepted is more: values in JSON quotes or encoded twice, and the literal `undefined`,
// which the clients send; `src/app/lists` decodes and checks them, so that each fault has its own reason.

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
  return parameter('one or more, joined by commas', { pattern: `^${one}(,${one})*$` })
}

const BODIES = 'codes of designated bodies, joined by commas; none: no rows; left out: all that the caller may see'
const day = (description: string) => parameter(description, { anyOf: [{ format: 'date' }, { maxLength: 0 }] })
const range = (field: string, what: string) => ({
  [`${field}From`]: day(`${what} on this day or later`),
  [`${field}To`]: day(`${what} on this day or earlier`),
})

const COMMON = {
  pageNumber: parameter('page of 20 rows, from 0', { pattern: '^([0-4]?[0-9]{1,5})?$', default: '0' }),
  sortOrder: parameter('direction; rows without a value come last in both', { enum: ['asc', 'desc', ''] }),
  searchQuery: parameter('text to search for, in any case and without accents', { maxLength: 256 }),
  dbcs: parameter(BODIES, CODES),
  programmeName: parameter('a programme whose name has these words in this order', { maxLength: 256 }),
  ...range('submissionDate', 'submission'),
  format: z.enum(['json', 'csv']).optional().meta({ description: 'csv: the whole list as a download' }),
}

export const DOCTORS_QUERY = z.object({
  ...COMMON,
  sortColumn: parameter('column to sort by', { enum: [...sortNamesOf('doctors'), ''] }),
  underNotice: parameter('true: only doctors under notice', { enum: ['true', 'false', ''] }),
  gmcStatus: statuses(GMC_OUTCOME),
  tisStatus: statuses(DOCTOR_STATUS),
  admin: parameter('the admin, in any case', { maxLength: 256 }),
})

export const CONNECTIONS_QUERY = z.object({
  ...COMMON,
  sortColumn: parameter('column to sort by', { enum: [...sortNamesOf('all'), ''] }),
  filter: parameter('sent by the clients; means nothing'),
  ...range('membershipEndDate', 'end of the programme membership'),
  ...range('lastConnectionDateTime', 'last connection; no row has one'),
  updatedBy: parameter('who connected the doctor; no row has one', { maxLength: 256 }),
  tisDesignatedBodies: parameter(
    "of discrepancies: codes of the programme owners' bodies; left out: the same as dbcs",
    CODES,
  ),
})

export const SUGGESTIONS_QUERY = z.object({
  fieldName: z.string().meta({ description: 'the field', enum: SUGGESTED_FIELDS }),
  input: parameter('the start of a word; blank: the most frequent values', { maxLength: 256 }),
  dbcs: parameter(BODIES, CODES),
})
