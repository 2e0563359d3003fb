import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { assemble, type AssembledDocument } from '../../src/domain/assemble.ts'
import { DESIGNATED_BODIES } from '../../src/domain/designated-bodies.ts'
import type { Doctor } from '../../src/domain/doctor.ts'
import { answerOf, bodyWords, clausesOf, listReasons } from '../../src/domain/list-reasons.ts'
import { belongsTo, INDEX_NAMES, type IndexName } from '../../src/domain/lists.ts'
import type { Trainee } from '../../src/domain/trainee.ts'
import { aDoctor, aTrainee, TODAY } from './examples.ts'

interface Example {
  readonly trainee?: Partial<Trainee> | null
  readonly doctor?: Partial<Doctor> | null
  readonly reason?: string
}

/** Grade 279 has an example of its own. */
const GRADE = { placementGrade: '283' }

function documentOf({ trainee = {}, doctor = {}, reason }: Example): AssembledDocument {
  return assemble({
    trainee: trainee === null ? null : aTrainee({ ...GRADE, ...trainee }),
    doctor: doctor === null ? null : aDoctor(doctor),
    outcome: null,
    reason: reason ?? null,
  })
}

function reasonsOf(document: AssembledDocument) {
  return listReasons(document, { today: TODAY, bodies: DESIGNATED_BODIES })
}

function reasonOf(list: IndexName, example: Example) {
  const found = reasonsOf(documentOf(example)).find((reason) => reason.list === list)
  return found ?? assert.fail(list)
}

/** In or out of a list, why, and what would change it. */
function assertReason(list: IndexName, example: Example, expected: readonly [boolean, string, string | null]): void {
  const reason = reasonOf(list, example)
  assert.deepEqual([reason.isIn, clausesOf(reason), reason.wouldChange], expected)
}

const ended = { programmeMembershipEndDate: '2026-05-31' }
const withoutBody = { designatedBodyCode: null }

describe('connected and disconnected', () => {
  const onGmc = (text: string) => `${text} if the GMC gave a designated body`

  test('the GMC gives a designated body', () => {
    const because = 'the GMC gives the designated body 1-1RSSQ1B (North East)'
    const removed = 'if the GMC removed the designated body'
    assertReason('connectedindex', {}, [true, because, `would leave connected ${removed}`])
    assertReason('disconnectedindex', {}, [false, because, `would enter disconnected ${removed}`])
  })

  test('the GMC gives none: the body of the programme owner is named', () => {
    const because = 'the GMC gives no designated body for this doctor'
    const example = { doctor: withoutBody }
    assertReason('connectedindex', example, [false, because, onGmc('would enter connected')])
    const owner = '; the programme owner, Wessex, belongs to 1-1RUZUSF'
    assertReason('disconnectedindex', example, [true, `${because}${owner}`, onGmc('would leave disconnected')])
    const ownerless = { doctor: withoutBody, trainee: { programmeOwner: null, tcsDesignatedBody: null } }
    assertReason('disconnectedindex', ownerless, [true, because, onGmc('would leave disconnected')])
  })

  test('the GMC data lacks the doctor, or TCS the number', () => {
    const examples: readonly (readonly [string | null, string])[] = [
      ['7761120', 'the GMC data had no doctor with the number 7761120'],
      ['UNKNOWN', '"UNKNOWN" is not a GMC number (seven digits), so no doctor of the GMC is joined'],
      [null, 'TCS has no GMC number for this person, so no doctor of the GMC is joined'],
    ]
    for (const [gmcReferenceNumber, because] of examples) {
      const example = { doctor: null, trainee: { gmcReferenceNumber } }
      const change = gmcReferenceNumber === '7761120' ? 'the GMC data had' : 'TCS had the GMC number'
      assert.equal(clausesOf(reasonOf('connectedindex', example)), because)
      assert.match(
        reasonOf('connectedindex', example).wouldChange ?? '',
        new RegExp(`^would enter connected if ${change}`),
      )
    }
  })

  test('a stored status that contradicts the body is named', () => {
    const [, , connected, disconnected] = reasonsOf({ ...documentOf({ doctor: withoutBody }), connectionStatus: 'Yes' })
    const because = 'connectionStatus is stored as Yes, which contradicts the designated body'
    assert.deepEqual([connected?.isIn, disconnected?.isIn], [true, false])
    assert.equal(connected && clausesOf(connected), because)
  })
})

describe('exceptions', () => {
  const list = 'exceptionindex'

  test('no rule holds', () => {
    const out = 'membership ends 2028-07-31, which is not before today; no exception reason; not a visitor'
    const change =
      'would enter exceptions if a connection failed; and, until the next sync, after 2028-07-31 if the membership is not extended'
    assertReason(list, {}, [false, out, change])
    const failing = 'would enter exceptions if a connection failed'
    assert.equal(reasonOf(list, { doctor: withoutBody }).wouldChange, failing)
  })

  test('there is no end date', () => {
    const without = { programmeMembershipEndDate: null }
    const examples: readonly (readonly [Example, string])[] = [
      [{ trainee: null }, 'no trainee in TCS, so no membership'],
      [{ trainee: { ...without, programmeName: null } }, 'no current programme membership in TCS, so no end date'],
      [
        { trainee: { ...without, programmeName: 'A | B' } },
        'several current programme memberships in TCS, so no end date',
      ],
    ]
    for (const [example, because] of examples) {
      const out = `${because}; no exception reason; not a visitor`
      assertReason(list, example, [false, out, 'would enter exceptions if a connection failed'])
    }
  })

  test('the membership has ended: of a connected doctor, and of one who is not', () => {
    const change =
      'would leave exceptions if the membership were extended; otherwise at the next sync, which no longer uses its dates'
    assertReason(list, { trainee: ended }, [true, 'membership ended 2026-05-31 and the doctor is connected', change])
    const out =
      'membership ended 2026-05-31, which counts for connected doctors only; no exception reason; not a visitor'
    const failing = 'would enter exceptions if a connection failed'
    assertReason(list, { trainee: ended, doctor: withoutBody }, [false, out, failing])
    const today = { programmeMembershipEndDate: TODAY }
    assert.match(clausesOf(reasonOf(list, { trainee: today })), /ends 2026-06-01, which is not before today/)
  })

  test('a connection failed', () => {
    const change = 'would leave exceptions if the exception reason were removed'
    assertReason(list, { reason: ' Doctor is not known ' }, [
      true,
      'a connection failed: "Doctor is not known"',
      change,
    ])
  })

  test('a visitor', () => {
    const trainee = { programmeMembershipType: 'Visitor' }
    assertReason(list, { trainee }, [
      true,
      'a visitor (Visitor)',
      'would leave exceptions if the membership type changed',
    ])
  })

  test('several rules at once', () => {
    const reason = reasonOf(list, { trainee: { programmeMembershipType: 'VISITOR' }, reason: 'Why' })
    assert.equal(clausesOf(reason), 'a connection failed: "Why"; a visitor (VISITOR)')
    assert.match(reason.wouldChange ?? '', /^would leave .*removed, and the membership type changed$/)
    assert.deepEqual(
      reason.rules.map(({ rule, holds }) => [rule, holds]),
      [
        ['membership ended', false],
        ['exception reason', true],
        ['visitor', true],
      ],
    )
  })
})

describe('services that leave a row out of a list', () => {
  const leftOut = (list: IndexName, example: Example) => reasonOf(list, example).leftOutBecause.join()

  test('the recommendation service', () => {
    const list = 'recommendationindex'
    assert.equal(leftOut(list, {}), '')
    assert.match(leftOut(list, { doctor: null }), /doctors of the GMC only/)
    assert.match(leftOut(list, { doctor: { existsInGmc: false } }), /existsInGmc is false/)
    assert.match(leftOut(list, { doctor: withoutBody }), /its own doctors only/)
    assert.equal(leftOut('masterdoctorindex', { doctor: null }), '')
  })

  test('the connection service, by grade, where the row is in the list', () => {
    for (const placementGrade of ['279', '100 | 279']) {
      assert.match(leftOut('connectedindex', { trainee: { placementGrade } }), /placement grade 279/)
      assert.equal(leftOut('disconnectedindex', { trainee: { placementGrade } }), '')
    }
    assert.equal(leftOut('connectedindex', { trainee: { placementGrade: '2790' } }), '')
    assert.equal(leftOut('connectedindex', { trainee: { placementGrade: null } }), '')
  })
})

test('the answer', () => {
  assert.deepEqual(answerOf(reasonsOf(documentOf({ doctor: withoutBody, reason: 'Missing body' }))), [
    'In 4 of 5 lists: master, recommendation, disconnected, exceptions.',
    'Not in connected: the GMC gives no designated body for this doctor.',
    'In exceptions: a connection failed: "Missing body".',
    'In recommendation, but not shown: the recommendation service shows each body its own doctors only.',
  ])
})

test('a body that the table does not name is shown by its code', () => {
  assert.equal(bodyWords('9-XYZ', DESIGNATED_BODIES), '9-XYZ')
})

const DOCUMENTS: fc.Arbitrary<AssembledDocument> = fc
  .record({
    trainee: fc.option(
      fc
        .record({
          gmcReferenceNumber: fc.constantFrom(null, 'UNKNOWN', '7761120'),
          programmeName: fc.constantFrom(null, 'A', 'A | B'),
          programmeMembershipType: fc.constantFrom(null, 'Visitor', 'VISITORS', 'SUBSTANTIVE'),
          programmeMembershipEndDate: fc.constantFrom(null, '2026-05-31', TODAY, '2026-06-02'),
          tcsDesignatedBody: fc.constantFrom(null, '1-1RUZUSF'),
        })
        .map((differing) => aTrainee(differing)),
    ),
    doctor: fc.option(
      fc
        .record({ designatedBodyCode: fc.constantFrom(null, '1-1RSSQ1B', 'x'), existsInGmc: fc.boolean() })
        .map((differing) => aDoctor(differing)),
    ),
    outcome: fc.constant(null),
    reason: fc.constantFrom(null, ' ', '\u00a0', 'x'),
  })
  .chain((parts) =>
    // As another program may have stored it.
    fc.option(fc.constantFrom('Yes' as const, 'No' as const)).map((stored) => {
      const document = assemble(parts)
      return stored === null ? document : { ...document, connectionStatus: stored }
    }),
  )

test('reasons and the rule of the lists always agree, and every reason has words', () => {
  fc.assert(
    fc.property(DOCUMENTS, fc.constantFrom('2026-05-31', TODAY, '2026-07-01'), (document, today) => {
      const reasons = listReasons(document, { today, bodies: DESIGNATED_BODIES })
      assert.deepEqual(
        reasons.map(({ list, isIn }) => [list, isIn]),
        INDEX_NAMES.map((list) => [list, belongsTo(list, document, today)]),
      )
      for (const reason of reasons) assert.doesNotMatch(clausesOf(reason), /^$|null|undefined/)
      assert.match(answerOf(reasons)[0] ?? '', /^In [34] of 5 lists: master, recommendation, /)
    }),
    { numRuns: 1_000 },
  )
})
