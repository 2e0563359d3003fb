import fc from 'fast-check'
import { DOCTOR_STATUS, GMC_OUTCOME, UNDER_NOTICE } from '../../../src/domain/codes.ts'
import {
  LISTS,
  NO_FILTERS,
  SORT_COLUMNS,
  type ListFilters,
  type ListQuery,
  type SuggestQuery,
} from '../../../src/domain/list-query.ts'
import { searchOf } from '../../../src/domain/list-matching.ts'
import type { Row } from '../../../src/domain/row.ts'
import { squashed, words } from '../../../src/domain/words.ts'
import { PLAIN, text } from '../../messages/arbitraries.ts'
import { nearDay, rows } from '../index-store/arbitraries.ts'
import { LONDON, NORTH, WESSEX } from './fixture.ts'

const orNull = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null, freq: 3 })

const NAMES = [
  'Ann',
  'ANN',
  'Änn',
  'Anna-Lee',
  'Anna Lee',
  "O'Neil",
  'Oneil',
  'de la Cruz',
  'Straße',
  'Strasse',
  '李',
  '—',
]
const PROGRAMMES = [
  'General Surgery',
  'Core | General Surgery',
  'General Surgery | Core',
  'Surgery Core',
  'général',
  '—',
]
const TYPES = ['MILITARY', 'military', 'mılıtary', 'Visitor', 'SUBSTANTIVE']
const GRADES = ['279', '12 | 279', '279 | 300', '2790', '1']
const ADMINS = ['a@example.nhs.uk', 'A@EXAMPLE.NHS.UK', 'b@example.nhs.uk']
const NUMBERS = ['1234567', '1234599', '1234567 (old)', 'UNKNOWN']

const name = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...NAMES) }, { weight: 1, arbitrary: text })
const body = orNull(fc.constantFrom(NORTH, WESSEX, LONDON))

const values = fc.record(
  {
    number: fc.constantFrom(...NUMBERS),
    first: orNull(name),
    last: orNull(name),
    programme: orNull(fc.oneof(fc.constantFrom(...PROGRAMMES), text)),
    type: orNull(fc.constantFrom(...TYPES)),
    grade: orNull(fc.constantFrom(...GRADES)),
    body,
    tcsBody: body,
    day: orNull(nearDay),
    end: orNull(nearDay),
    admin: orNull(fc.constantFrom(...ADMINS)),
    underNotice: orNull(fc.constantFrom(...UNDER_NOTICE)),
    status: orNull(fc.constantFrom(...DOCTOR_STATUS)),
    registered: fc.constantFrom(true, true, false),
  },
  PLAIN,
)

/** Rows whose values are often alike, and often odd. */
export const listedRows: fc.Arbitrary<readonly Row[]> = rows.chain((some) =>
  fc
    .array(values, { minLength: some.length, maxLength: some.length })
    .map((each) => some.map((row, at) => withValues(row, each[at]))),
)

function withValues(
  { id, parts }: Row,
  value: typeof values extends fc.Arbitrary<infer T> ? T | undefined : never,
): Row {
  if (value === undefined) return { id, parts }
  const names = { doctorFirstName: value.first, doctorLastName: value.last, gmcReferenceNumber: value.number }
  const trainee = parts.trainee && {
    ...parts.trainee,
    ...names,
    programmeName: value.programme,
    programmeMembershipType: value.type,
    placementGrade: value.grade,
    tcsDesignatedBody: value.tcsBody,
    programmeMembershipEndDate: value.end,
  }
  const doctor = parts.doctor && {
    ...parts.doctor,
    ...names,
    submissionDate: value.day,
    designatedBodyCode: value.body,
    admin: value.admin,
    underNotice: value.underNotice,
    doctorStatus: value.status,
    existsInGmc: value.registered,
  }
  return { id, parts: { ...parts, trainee, doctor } }
}

/** What somebody may type: parts of what is there, too. */
const typed = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom(...NAMES, ...PROGRAMMES, ...NUMBERS), fc.nat(4), fc.integer({ min: 1, max: 12 }))
      .map(([whole, from, length]) =>
        Array.from(whole)
          .slice(from, from + length)
          .join(''),
      ),
  },
  { weight: 1, arbitrary: text },
)

const range = fc.record({ from: orNull(nearDay), to: orNull(nearDay) }, PLAIN)
const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null, freq: 1 })

const filters: fc.Arbitrary<ListFilters> = fc.record(
  {
    underNotice: fc.constantFrom(false, false, false, true),
    programmeName: seldom(fc.constantFrom(...PROGRAMMES, 'Surgery', 'Surgery Core').map(words)).map(
      (each) => each || null,
    ),
    gmcStatus: seldom(fc.subarray([null, ...GMC_OUTCOME])),
    tisStatus: seldom(fc.subarray([null, ...DOCTOR_STATUS])),
    admin: seldom(fc.constantFrom(...ADMINS).map(squashed)),
    connectedBy: fc.constantFrom(false, false, false, false, false, true),
    days: fc.oneof(
      { weight: 3, arbitrary: fc.constant({}) },
      { weight: 1, arbitrary: fc.record({ submissionDate: range, membershipEndDate: range }, PLAIN) },
    ),
  },
  PLAIN,
)

const bodies = fc.oneof(
  { weight: 2, arbitrary: fc.constant(null) },
  { weight: 3, arbitrary: fc.subarray([NORTH, WESSEX, LONDON, '1-UNKNOWN']) },
)
const scope = {
  bodies,
  tisBodies: bodies,
  unconnected: fc.constantFrom('everybody' as const, 'programme-body' as const),
}

/** What somebody may ask of a list; most queries have no filter. */
export const listQueries: fc.Arbitrary<ListQuery> = fc.record(
  {
    ...scope,
    list: fc.constantFrom(...LISTS),
    search: typed.map(searchOf),
    filters: fc.oneof(filters, fc.constant(NO_FILTERS), fc.constant(NO_FILTERS)),
    order: fc.record(
      { column: orNull(fc.constantFrom(...SORT_COLUMNS)), direction: fc.constantFrom('asc' as const, 'desc' as const) },
      PLAIN,
    ),
  },
  PLAIN,
)

export const suggestQueries: fc.Arbitrary<SuggestQuery> = fc.record(
  { ...scope, field: fc.constantFrom('programmeName' as const, 'admin' as const), phrase: typed.map(words) },
  PLAIN,
)
