import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { IntegrityViolation } from '../../../src/ports/source-filling.ts'
import { gmcCollections, tcsTables } from '../sources/arbitraries.ts'
import { row, uuid, type TableRows } from '../sources/rows.ts'
import { addAll } from './filling.ts'
import type { FillingFactory, FillingPlace } from './place.ts'

async function violationsOf({ sources }: FillingPlace, rows: TableRows): Promise<IntegrityViolation[]> {
  const filling = await sources.begin()
  try {
    await addAll(filling, rows)
    const violations: IntegrityViolation[] = []
    for await (const each of filling.violations()) violations.push(each)
    return violations
  } finally {
    await filling.abandon()
  }
}

/** Table, line and column of each violation; the wording of the reason is up to the backend. */
function places(violations: readonly IntegrityViolation[]): string[] {
  return violations.map(({ table, line, column }) => `${table} ${line} ${column}`)
}

export function integrity(factory: FillingFactory): void {
  test('a duplicate key is a violation, in every table', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    const violations = await violationsOf(place, {
      ContactDetails: [1, 2, 1, 1].map((id) => row('ContactDetails', { id })),
      GmcDetails: [5, 5].map((id) => row('GmcDetails', { id })),
      Person: [5, 5].map((id) => row('Person', { id })),
      Programme: [5, 5].map((id) => row('Programme', { id })),
      ProgrammeMembership: [uuid(1), uuid(1).toUpperCase()].map((each) => row('ProgrammeMembership', { uuid: each })),
      CurriculumMembership: [5, 5].map((id) => row('CurriculumMembership', { id })),
      doctorsForDB: ['1234567', 'x', ' 1234567\u00a0', 'x', ' x'].map((storedId) => row('doctorsForDB', { storedId })),
      recommendation: ['a', 'a'].map((storedId) => row('recommendation', { storedId })),
      exceptionLogs: ['1234567 ', '1234567', 'y', 'y '].map((storedId) => row('exceptionLogs', { storedId })),
    })
    assert.deepEqual(places(violations), [
      'ContactDetails 4 id',
      'ContactDetails 5 id',
      'GmcDetails 3 id',
      'Person 3 id',
      'Programme 3 id',
      'ProgrammeMembership 3 uuid',
      'CurriculumMembership 3 id',
      'doctorsForDB 4 _id',
      'doctorsForDB 5 _id',
      'recommendation 3 _id',
      'exceptionLogs 3 _id',
    ])
    assert.match(violations[1]?.reason ?? '', /line 2/)
  })

  test('a membership without person or programme, and a curriculum without membership, are violations', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    const violations = await violationsOf(place, {
      ContactDetails: [row('ContactDetails', { id: 1 })],
      Person: [row('Person', { id: 2 })],
      Programme: [row('Programme', { id: 3 })],
      ProgrammeMembership: [
        row('ProgrammeMembership', { uuid: uuid(1), personId: 1, programmeId: 3 }),
        row('ProgrammeMembership', { uuid: uuid(2), personId: 2, programmeId: 4 }),
        row('ProgrammeMembership', { uuid: uuid(3) }),
      ],
      CurriculumMembership: [
        row('CurriculumMembership', { id: 1, programmeMembershipUuid: uuid(1).toUpperCase() }),
        row('CurriculumMembership', { id: 2, programmeMembershipUuid: uuid(9) }),
        row('CurriculumMembership', { id: 3 }),
      ],
    })
    assert.deepEqual(places(violations), [
      'ProgrammeMembership 3 personId',
      'ProgrammeMembership 3 programmeId',
      'CurriculumMembership 3 programmeMembershipUuid',
    ])
  })

  test('loose references are not violations', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    const violations = await violationsOf(place, {
      GmcDetails: [
        row('GmcDetails', { id: 8, gmcNumber: '1234567' }),
        row('GmcDetails', { id: 9, gmcNumber: '1234567' }),
      ],
      Person: [row('Person', { id: 7 })],
      recommendation: [row('recommendation', { storedId: 'a', gmcNumber: '9999999' })],
      exceptionLogs: [row('exceptionLogs', { storedId: 'UNKNOWN' })],
    })
    assert.deepEqual(violations, [])
  })

  test('for any tables, violations equal those found by comparing all rows', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    await fc.assert(
      fc.asyncProperty(tcsTables, gmcCollections, async (tables, collections) => {
        const found = places(await violationsOf(place, { ...tables, ...collections }))
        assert.deepEqual(found.toSorted(), lookedUp({ ...tables, ...collections }).toSorted())
      }),
      { numRuns: 30 },
    )
  })
}

/** The keys of these tables are unique, except the doctors' numbers. */
function lookedUp(tables: TableRows): string[] {
  const { ContactDetails = [], Programme = [], ProgrammeMembership = [], CurriculumMembership = [] } = tables
  const { doctorsForDB = [] } = tables
  const uuids = ProgrammeMembership.map((each) => each.uuid.toLowerCase())
  const numbers = doctorsForDB.map(({ storedId }) => (/^[0-9]{7}$/.test(storedId.trim()) ? storedId.trim() : storedId))
  const lost: (string | false)[] = [
    ...ProgrammeMembership.flatMap(({ personId, programmeId }, index) => [
      !isAmong(ContactDetails, personId) && `ProgrammeMembership ${index + 2} personId`,
      !isAmong(Programme, programmeId) && `ProgrammeMembership ${index + 2} programmeId`,
    ]),
    ...CurriculumMembership.map(({ programmeMembershipUuid: each }, index) => {
      const isThere = each === null || uuids.includes(each.toLowerCase())
      return !isThere && `CurriculumMembership ${index + 2} programmeMembershipUuid`
    }),
    ...numbers.map((number, index) => numbers.indexOf(number) < index && `doctorsForDB ${index + 2} _id`),
  ]
  return lost.filter((each) => each !== false)
}

function isAmong(rows: readonly { readonly id: number }[], id: number | null): boolean {
  return id === null || rows.some((each) => each.id === id)
}
