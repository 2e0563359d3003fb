import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { compareRecommendations, type Recommendation, type StoredDoctor } from '../../../src/domain/doctor.ts'
import { javaDocuments } from '../../../src/domain/java/java-documents.ts'
import type { RowPair } from '../../../src/domain/java/java-differences.ts'
import { documentIn, type IndexDocument, type IndexName } from '../../../src/domain/lists.ts'
import type { Trainee } from '../../../src/domain/trainee.ts'
import { aDoctor, aRecommendation, aRow, aStoredDoctor, aTrainee } from '../examples.ts'
import { comparedRow } from '../two-generations.ts'
import { comparedWithModel, differencesOf, type Explained } from './compared.ts'
import type { ReferenceSources } from './reference-model.ts'

interface SomeSources {
  readonly trainees?: readonly Trainee[]
  readonly doctors?: readonly StoredDoctor[]
  readonly recommendations?: readonly Recommendation[]
  readonly reasons?: ReferenceSources['reasons']
}

/** Sources in which all recommendations are those of the first doctor. */
function someSources({
  trainees = [],
  doctors = [],
  recommendations = [],
  reasons = [],
}: SomeSources): ReferenceSources {
  const latest = recommendations.toSorted(compareRecommendations).at(-1) ?? null
  const first = doctors[0]?.storedId ?? ''
  return {
    trainees,
    doctors: doctors.map((stored, at) => ({ stored, latest: at === 0 ? latest : null })),
    reasons,
    recommendations: new Map(recommendations.length === 0 ? [] : [[first, recommendations]]),
  }
}

/** What each difference is about, with its rule, but for `existsInGmc` in the recommendation index, which is always lost. */
const told = (all: readonly Explained[]) =>
  all
    .filter(({ rule }) => rule !== 'lost-existence')
    .map(({ index, id, kind, field, rule }) => `${index} ${id} ${field ?? kind}: ${rule ?? 'unexplained'}`)

const differing = (sources: SomeSources) => told(comparedWithModel(someSources(sources)))
const trainee = (id: number, of: Partial<Trainee> = {}) => aTrainee({ tcsPersonId: id, placementGrade: null, ...of })

describe('what a rebuild by the Java services makes otherwise is explained', () => {
  test('missing-date: a trainee without a curriculum end has no membership dates', () => {
    assert.deepEqual(differing({ trainees: [trainee(1, { curriculumEndDate: null })], doctors: [aStoredDoctor()] }), [
      'masterdoctorindex tcs-1 membershipStartDate: missing-date',
      'masterdoctorindex tcs-1 membershipEndDate: missing-date',
      'connectedindex tcs-1 membershipStartDate: missing-date',
      'connectedindex tcs-1 membershipEndDate: missing-date',
    ])
  })

  test('blank-body: white space connects, the empty text does in the master only', () => {
    assert.deepEqual(differing({ doctors: [aStoredDoctor({ designatedBodyCode: '  ' })] }), [
      'masterdoctorindex gmc-7761120 designatedBody: blank-body',
      'masterdoctorindex gmc-7761120 connectionStatus: blank-body',
      'recommendationindex gmc-7761120 designatedBody: blank-body',
      'connectedindex gmc-7761120 surplus: blank-body',
      'connectedindex gmc-7761120 designatedBody: blank-body',
      'connectedindex gmc-7761120 connectionStatus: blank-body',
      'disconnectedindex gmc-7761120 missing: blank-body',
    ])
    assert.deepEqual(differing({ doctors: [aStoredDoctor({ designatedBodyCode: '' })] }), [
      'masterdoctorindex gmc-7761120 designatedBody: blank-body',
      'masterdoctorindex gmc-7761120 connectionStatus: blank-body',
      'recommendationindex gmc-7761120 designatedBody: blank-body',
      'disconnectedindex gmc-7761120 designatedBody: blank-body',
    ])
  })

  test('no-doctor: a trainee alone has no connection status', () => {
    assert.deepEqual(differing({ trainees: [trainee(1)] }), ['masterdoctorindex tcs-1 connectionStatus: no-doctor'])
  })

  test('lost-existence: if the master has it', () => {
    const all = comparedWithModel(someSources({ doctors: [aStoredDoctor({ existsInGmc: false })] }))
    assert.deepEqual(
      all.map(({ index, field, rule }) => [index, field, rule]),
      [['recommendationindex', 'existsInGmc', 'lost-existence']],
    )
  })

  test('merged-rows: the last row of a number stands for all in the connection lists', () => {
    const trainees = [trainee(1, { programmeMembershipType: 'VISITOR' }), trainee(2)]
    assert.deepEqual(differing({ trainees, doctors: [aStoredDoctor()] }), [
      'connectedindex tcs-1 missing: merged-rows',
      'exceptionindex tcs-1 missing: merged-rows',
    ])
    const unknown = ['Unknown', 'unknown'].map((number, at) => trainee(at + 1, { gmcReferenceNumber: number }))
    assert.deepEqual(
      differing({ trainees: unknown }).filter((each) => !each.endsWith('no-doctor')),
      ['disconnectedindex tcs-1 missing: merged-rows'],
    )
  })

  test('joined-text: a doctor joins other text with the number in it, and has no row then', () => {
    const trainees = [trainee(1, { gmcReferenceNumber: '7761120 (old)' })]
    const found = differing({ trainees, doctors: [aStoredDoctor()] })
    assert.deepEqual(
      found.filter((each) => !each.endsWith('joined-text')),
      [],
    )
    for (const each of ['masterdoctorindex tcs-1 gmcReferenceNumber', 'connectedindex gmc-7761120 missing']) {
      assert.ok(found.includes(`${each}: joined-text`), each)
    }
  })

  test('joined-text: an exception reason of other text is shown', () => {
    const trainees = [trainee(1, { gmcReferenceNumber: 'UNKNOWN' })]
    const found = differing({ trainees, reasons: [{ storedId: 'UNKNOWN', reason: 'no body' }] })
    assert.deepEqual(
      found.filter((each) => !each.endsWith('no-doctor')),
      [
        'disconnectedindex tcs-1 exceptionReason: joined-text',
        'exceptionindex tcs-1 surplus: joined-text',
        'exceptionindex tcs-1 exceptionReason: joined-text',
      ],
    )
  })

  test('never-sent: a doctor who ended the job is nowhere', () => {
    const doctors = [aStoredDoctor({ underNotice: null })]
    const alone = differing({ doctors, recommendations: [aRecommendation()] })
    assert.deepEqual(alone, [
      'masterdoctorindex gmc-7761120 missing: never-sent',
      'recommendationindex gmc-7761120 missing: never-sent',
      'connectedindex gmc-7761120 missing: never-sent',
    ])
    const joined = differing({ trainees: [trainee(1)], doctors, recommendations: [aRecommendation()] })
    assert.ok(joined.includes('masterdoctorindex tcs-1 admin: never-sent'))
    assert.deepEqual(
      joined.filter((each) => each.endsWith('unexplained')),
      [],
    )
  })

  test('tied-recommendations: if the recommendations are known', () => {
    const recommendations = [
      aRecommendation({ storedId: '1', outcome: 'REJECTED' }),
      aRecommendation({ storedId: '2', outcome: 'UNDER_REVIEW' }),
    ]
    const sources = { doctors: [aStoredDoctor()], recommendations }
    assert.deepEqual(differing(sources), [
      'masterdoctorindex gmc-7761120 gmcStatus: tied-recommendations',
      'recommendationindex gmc-7761120 gmcStatus: tied-recommendations',
    ])
  })

  test('white-space: blank text, a blank name too, and padded numbers', () => {
    const doctors = [aStoredDoctor({ storedId: ' 7761120', doctorFirstName: ' ', admin: '' })]
    const found = differing({ trainees: [trainee(1)], doctors, reasons: [{ storedId: ' 7761120', reason: '  ' }] })
    assert.deepEqual(
      found.filter((each) => !each.endsWith(': white-space')),
      [],
    )
    assert.ok(found.includes('masterdoctorindex tcs-1 doctorFirstName: white-space'))
    assert.ok(found.includes('masterdoctorindex tcs-1 gmcReferenceNumber: white-space'))
  })
})

type Captured = Readonly<Record<string, Readonly<Record<IndexName, readonly IndexDocument[]>>>>
const CAPTURED = JSON.parse(
  readFileSync(new URL('../../fixtures/java/after-live-changes.json', import.meta.url), 'utf8'),
) as Captured

/** A row beside what the Java services had of it after a change. */
function captured(name: string, row: ReturnType<typeof aRow>): Explained[] {
  const java = CAPTURED[name]
  assert.ok(java !== undefined)
  return differencesOf([{ id: row.id, ours: comparedRow(row), java }])
}

describe('what live changes of the Java services make otherwise is explained if the documents prove it', () => {
  const phoebe = {
    doctorFirstName: 'PHOEBE',
    doctorLastName: 'EXAMPLE',
    submissionDate: '2027-02-01',
    doctorStatus: 'NOT_STARTED',
    lastUpdatedDate: '2026-11-20',
    admin: 'ada@example.nhs.uk',
  } as const
  const nova = trainee(990001, {
    gmcReferenceNumber: '9990001',
    doctorFirstName: 'Nova',
    doctorLastName: 'Person',
    programmeName: 'Paediatrics',
    programmeMembershipType: 'LAT',
    tcsDesignatedBody: '1-1RUZUVB',
    programmeOwner: 'South West',
    programmeMembershipStartDate: '2022-08-03',
    programmeMembershipEndDate: '2030-08-02',
    curriculumEndDate: '2030-08-02',
  })

  test('stale-status: a new doctor has no status in the master', () => {
    const doctor = aDoctor({ ...phoebe, gmcReferenceNumber: '9990010' })
    assert.deepEqual(told(captured('doctor-insert-new', aRow('gmc-9990010', { doctor }))), [
      'masterdoctorindex gmc-9990010 connectionStatus: stale-status',
    ])
  })

  test('blank-body: a doctor who lost the body keeps the status in the master', () => {
    const doctor = aDoctor({ ...phoebe, gmcReferenceNumber: '1089031', designatedBodyCode: null })
    const own = trainee(2544, {
      gmcReferenceNumber: '1089031',
      programmeMembershipType: 'FTSTA',
      programmeOwner: 'North East',
      tcsDesignatedBody: '1-1RSSQ1B',
      programmeMembershipStartDate: '2015-05-28',
      programmeMembershipEndDate: '2038-09-27',
      curriculumEndDate: '2029-01-18',
    })
    assert.deepEqual(told(captured('doctor-body-empty', aRow('tcs-2544', { trainee: own, doctor }))), [
      'masterdoctorindex tcs-2544 designatedBody: blank-body',
      'masterdoctorindex tcs-2544 connectionStatus: blank-body',
      'recommendationindex tcs-2544 designatedBody: blank-body',
      'disconnectedindex tcs-2544 designatedBody: blank-body',
    ])
  })

  test('new-trainee: neither type nor dates of the membership', () => {
    assert.deepEqual(told(captured('trainee-new', aRow('tcs-990001', { trainee: nova }))), [
      'masterdoctorindex tcs-990001 membershipType: new-trainee',
      'masterdoctorindex tcs-990001 connectionStatus: no-doctor',
      'masterdoctorindex tcs-990001 membershipStartDate: new-trainee',
      'masterdoctorindex tcs-990001 membershipEndDate: new-trainee',
      'recommendationindex tcs-990001 membershipType: new-trainee',
      'disconnectedindex tcs-990001 membershipType: new-trainee',
      'disconnectedindex tcs-990001 membershipStartDate: new-trainee',
      'disconnectedindex tcs-990001 membershipEndDate: new-trainee',
    ])
    const visitor = { ...nova, programmeMembershipType: 'Visitor' }
    const found = told(captured('trainee-new', aRow('tcs-990001', { trainee: visitor })))
    assert.ok(found.includes('exceptionindex tcs-990001 missing: new-trainee'))
  })

  test('row-without-number: missing from the recommendation list', () => {
    const nil = trainee(990002, {
      ...{ gmcReferenceNumber: null, doctorFirstName: 'Nil', doctorLastName: 'Number', programmeName: 'Foundation' },
      ...{ programmeMembershipType: null, tcsDesignatedBody: null, programmeOwner: null, curriculumEndDate: null },
      ...{ programmeMembershipStartDate: null, programmeMembershipEndDate: null },
    })
    assert.deepEqual(told(captured('trainee-number-null-new', aRow('tcs-990002', { trainee: nil }))), [
      'masterdoctorindex tcs-990002 connectionStatus: no-doctor',
      'recommendationindex tcs-990002 missing: row-without-number',
    ])
  })

  test('overwritten-rows: copies of one row in place of the others', () => {
    const rows = [1, 2, 3].map((id) => comparedRow(aRow(`tcs-${id}`, { trainee: trainee(id) })))
    const pairs = (copies: number): RowPair[] =>
      rows.map((ours, at) => {
        const document = documentIn('recommendationindex', ours.document)
        const documents = at === 0 ? Array.from({ length: copies }, () => document) : []
        return { id: ours.row.id, ours, java: javaDocuments({ recommendationindex: documents }) }
      })
    const inList = (copies: number) =>
      differencesOf(pairs(copies))
        .filter(({ index }) => index === 'recommendationindex')
        .map(({ id, kind, rule }) => `${id} ${kind}: ${rule ?? 'unexplained'}`)
    assert.deepEqual(inList(3), [
      'tcs-1 repeated: overwritten-rows',
      'tcs-1 repeated: overwritten-rows',
      'tcs-2 missing: overwritten-rows',
      'tcs-3 missing: overwritten-rows',
    ])
    assert.deepEqual(inList(1), ['tcs-2 missing: unexplained', 'tcs-3 missing: unexplained'])
  })
})

test('a row of ours that is not as its parts require is not explained', () => {
  const row = aRow('tcs-1', { trainee: trainee(1) })
  const ours = comparedRow(row)
  const wrong = { ...ours, document: { ...ours.document, connectionStatus: 'Yes' as const } }
  const java = javaDocuments({ masterdoctorindex: [{ ...documentIn('masterdoctorindex', ours.document) }] })
  assert.ok(differencesOf([{ id: row.id, ours: wrong, java }]).every(({ rule }) => rule === null))
})
