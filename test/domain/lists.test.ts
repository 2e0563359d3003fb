import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { assemble, type AssembledDocument } from '../../src/domain/assemble.ts'
import type { Doctor } from '../../src/domain/doctor.ts'
import { belongsTo, documentIn, INDEX_FIELDS, INDEX_NAMES } from '../../src/domain/lists.ts'
import type { Parts } from '../../src/domain/row.ts'
import type { Trainee } from '../../src/domain/trainee.ts'
import { aDoctor, aTrainee, TODAY } from './examples.ts'

interface Row {
  readonly trainee?: Partial<Trainee>
  readonly doctor?: Partial<Doctor>
  readonly reason?: string | null
}

function documentOf({ trainee, doctor, reason = null }: Row): AssembledDocument {
  return assemble({ trainee: aTrainee(trainee), doctor: aDoctor(doctor), outcome: null, reason })
}

describe('the exception list contains', () => {
  const isException = (row: Row) => belongsTo('exceptionindex', documentOf(row), TODAY)

  test('visitors, in any letter case', () => {
    for (const programmeMembershipType of ['visitor', 'VISITOR', 'Visitor'])
      assert.ok(isException({ trainee: { programmeMembershipType } }))
    for (const programmeMembershipType of ['SUBSTANTIVE', 'VISITORS', 'Not a visitor', null])
      assert.ok(!isException({ trainee: { programmeMembershipType } }))
  })

  test('connected doctors whose membership has ended', () => {
    assert.ok(isException({ trainee: { programmeMembershipEndDate: '2026-05-31' } }))
    assert.ok(!isException({ trainee: { programmeMembershipEndDate: TODAY } }))
    assert.ok(!isException({ trainee: { programmeMembershipEndDate: null } }))
    const disconnected = { designatedBodyCode: null }
    assert.ok(!isException({ trainee: { programmeMembershipEndDate: '2026-05-31' }, doctor: disconnected }))
  })

  test('rows with an exception reason', () => {
    assert.ok(isException({ reason: ' Missing body ' }))
    for (const reason of [null, '', ' ', '\u00a0']) assert.ok(!isException({ reason }))
  })

  test('no other rows', () => {
    assert.ok(!isException({}))
  })
})

test('the connected list contains rows with a designated body, the disconnected list those without', () => {
  const connected = documentOf({})
  const disconnected = documentOf({ doctor: { designatedBodyCode: null } })
  assert.ok(belongsTo('connectedindex', connected, TODAY) && !belongsTo('disconnectedindex', connected, TODAY))
  assert.ok(!belongsTo('connectedindex', disconnected, TODAY) && belongsTo('disconnectedindex', disconnected, TODAY))
})

const ofMaster =
  'admin connectionStatus curriculumEndDate designatedBody doctorFirstName doctorLastName existsInGmc ' +
  'gmcReferenceNumber gmcStatus lastUpdatedDate membershipEndDate membershipStartDate membershipType placementGrade ' +
  'programmeName programmeOwner submissionDate tcsDesignatedBody tcsPersonId tisStatus underNotice'
const ofRecommendation =
  'admin curriculumEndDate designatedBody doctorFirstName doctorLastName existsInGmc gmcReferenceNumber gmcStatus ' +
  'lastUpdatedDate membershipType programmeName submissionDate tcsPersonId tisStatus underNotice'
const ofConnection =
  'connectionStatus designatedBody doctorFirstName doctorLastName exceptionReason gmcReferenceNumber ' +
  'membershipEndDate membershipStartDate membershipType programmeName programmeOwner submissionDate ' +
  'tcsDesignatedBody tcsPersonId'

test('each index has its own fields only, in alphabetical order', () => {
  const full = assemble({ trainee: aTrainee(), doctor: aDoctor(), outcome: 'Approved', reason: 'Why' })
  const fields = INDEX_NAMES.map((name) => [name, Object.keys(documentIn(name, full)).join(' ')])
  assert.deepEqual(Object.fromEntries(fields), {
    masterdoctorindex: ofMaster,
    recommendationindex: ofRecommendation,
    connectedindex: ofConnection,
    disconnectedindex: ofConnection,
    exceptionindex: ofConnection,
  })
})

test('false is included, null is not', () => {
  const document = documentIn('masterdoctorindex', documentOf({ doctor: { existsInGmc: false, admin: null } }))
  assert.equal(document.existsInGmc, false)
  assert.ok(!('admin' in document))
})

const aDay = fc.constantFrom('2026-05-31', TODAY, '2026-06-02')
const aText = fc.constantFrom(null, 'x', ' y ')
const PARTS: fc.Arbitrary<Parts> = fc.record({
  trainee: fc.option(
    fc
      .record({
        doctorFirstName: aText,
        programmeMembershipType: fc.constantFrom(null, 'Visitor', 'SUBSTANTIVE'),
        programmeMembershipEndDate: fc.option(aDay),
      })
      .map((differing) => aTrainee(differing)),
  ),
  doctor: fc.option(
    fc
      .record({ designatedBodyCode: aText, admin: aText, existsInGmc: fc.boolean(), submissionDate: fc.option(aDay) })
      .map((differing) => aDoctor(differing)),
  ),
  outcome: fc.constantFrom(null, 'Approved', 'Rejected', 'Under Review'),
  reason: aText,
})

test('connected and disconnected partition the master index; the recommendation list equals it', () => {
  fc.assert(
    fc.property(PARTS, aDay, (parts, today) => {
      const document = assemble(parts)
      const inIndex = (name: (typeof INDEX_NAMES)[number]) => belongsTo(name, document, today)
      assert.ok(inIndex('masterdoctorindex') && inIndex('recommendationindex'))
      assert.notEqual(inIndex('connectedindex'), inIndex('disconnectedindex'))
    }),
  )
})

test('a document contains the fields of its index that are not null, unchanged', () => {
  fc.assert(
    fc.property(PARTS, fc.constantFrom(...INDEX_NAMES), (parts, index) => {
      const assembled = assemble(parts)
      const named = INDEX_FIELDS[index].filter((field) => assembled[field] !== null).sort()
      const document = documentIn(index, assembled)
      assert.deepEqual(
        Object.entries(document),
        named.map((field) => [field, assembled[field]]),
      )
    }),
  )
})
