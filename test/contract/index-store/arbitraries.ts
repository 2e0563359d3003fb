import fc from 'fast-check'
import type { Row } from '../../../src/domain/row.ts'
import { day, doctorRow, PLAIN, text, trainee } from '../../messages/arbitraries.ts'
import { ONE, TWO } from './rows.ts'

const orNull = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null })

/** Days that are often equal or adjacent, where the rules change. */
export const nearDay: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('2026-05-31', '2026-06-01', '2026-06-02') },
  { weight: 1, arbitrary: day },
)

export const VISITORS = ['visitor', 'VISITOR', 'Visitor']
/** Values that are equal only with overly lenient folding of case or white space. */
export const NO_VISITORS = ['visitor ', 'VİSİTOR', 'vısıtor', 'viſitor', 'visitor\0', 'visitors', 'a visitor']
const membershipType = fc.oneof(fc.constantFrom(...VISITORS, ...NO_VISITORS), text)

const traineePart = fc
  .record(
    {
      trainee,
      gmcReferenceNumber: fc.constantFrom<string | null>(ONE, TWO, null, 'UNKNOWN', '1111111 (old)'),
      programmeMembershipType: orNull(membershipType),
      programmeMembershipEndDate: orNull(nearDay),
    },
    PLAIN,
  )
  .map(({ trainee: each, ...biased }) => ({ ...each, ...biased }))

export const parts = fc.record(
  {
    trainee: orNull(traineePart),
    doctor: orNull(doctorRow.map(({ doctor }) => doctor)),
    outcome: fc.constantFrom(null, 'Approved' as const, 'Rejected' as const, 'Under Review' as const),
    // A zero-width space is not white space, so this is a reason.
    reason: fc.constantFrom(null, null, 'Missing body', ' \u00a0Untrimmed\u2003', '李', '\u200b'),
  },
  PLAIN,
)

/** Ids as in sources: with spaces, quotes, equal characters in different encodings, and astral planes. */
const id = fc.oneof(
  fc.nat(20).map((person) => `tcs-${person}`),
  fc.constantFrom('gmc-1111111', 'gmc- 1111111', 'gmc-1111111 ', 'gmc-', 'gmc-%5C', 'gmc-"\'\\', 'gmc-A', 'gmc-a'),
  fc.constantFrom('gmc-é', 'gmc-e\u0301', 'gmc-😀', 'gmc-\uffee', 'gmc-عائشة', 'gmc-a\0', 'gmc-a\0b'),
)

/** Rows with different ids, in any order. */
export const rows: fc.Arbitrary<readonly Row[]> = fc.uniqueArray(fc.record({ id, parts }, PLAIN), {
  selector: (row) => row.id,
  maxLength: 15,
})
