import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { tcsTables } from './arbitraries.ts'
import { inOrder, personsIn } from './joining.ts'
import { readAll, type SourcesCapabilities, type SourcesFactory } from './place.ts'
import { row, uuid } from './rows.ts'

export function trainees(factory: SourcesFactory, capabilities: SourcesCapabilities): void {
  test('a person is returned with everything that belongs to it', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    await place.fill({
      ContactDetails: [row('ContactDetails', { id: 7, surname: 'García', forenames: 'Chloé' })],
      GmcDetails: [row('GmcDetails', { id: 7, gmcNumber: ' 1234567\u00a0' })],
      Person: [row('Person', { id: 7, role: 'DR in Training' })],
      Programme: [row('Programme', { id: 3, owner: 'Wessex', programmeName: 'Surgery, "core"' })],
      ProgrammeMembership: [
        row('ProgrammeMembership', {
          uuid: uuid(1).toUpperCase(),
          personId: 7,
          programmeId: 3,
          programmeMembershipType: 'SUBSTANTIVE',
          programmeStartDate: '2020-08-05',
          programmeEndDate: '2035-08-04',
        }),
      ],
      CurriculumMembership: [
        row('CurriculumMembership', { id: 1, programmeMembershipUuid: uuid(1), curriculumEndDate: '2035-08-04' }),
        row('CurriculumMembership', { id: 2, programmeMembershipUuid: uuid(1) }),
      ],
      Placement: [
        row('Placement', { traineeId: 7, gradeId: 279, dateFrom: '2024-08-07', dateTo: '2035-08-04' }),
        row('Placement', { traineeId: 7, dateFrom: '2023-08-02' }),
        row('Placement', { traineeId: 8, gradeId: 280 }),
        row('Placement', { gradeId: 281 }),
      ],
    })
    const person = {
      personId: 7,
      surname: 'García',
      forenames: 'Chloé',
      role: 'DR in Training',
      gmcDetails: { gmcNumber: ' 1234567\u00a0' },
      memberships: [
        {
          programmeMembershipType: 'SUBSTANTIVE',
          programmeStartDate: '2020-08-05',
          programmeEndDate: '2035-08-04',
          programme: { programmeName: 'Surgery, "core"', owner: 'Wessex' },
          curriculumEndDates: ['2035-08-04', null],
        },
      ],
      placements: [
        { gradeId: '279', dateFrom: '2024-08-07', dateTo: '2035-08-04' },
        { gradeId: null, dateFrom: '2023-08-02', dateTo: null },
      ],
    }
    assert.deepEqual(inOrder(await readAll(place.trainees)), inOrder([person]))
  })

  test('missing data of a person is null or empty', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    await place.fill({
      ContactDetails: [row('ContactDetails', { id: 1 }), row('ContactDetails', { id: 2 })],
      GmcDetails: [row('GmcDetails', { id: 2 })],
    })
    const persons = (await readAll(place.trainees)).toSorted((a, b) => a.personId - b.personId)
    const nothing = { surname: null, forenames: null, role: null, memberships: [], placements: [] }
    assert.deepEqual(persons, [
      { personId: 1, ...nothing, gmcDetails: null },
      { personId: 2, ...nothing, gmcDetails: { gmcNumber: null } },
    ])
  })

  test('any tables are joined by the rules', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    await fc.assert(
      fc.asyncProperty(tcsTables, async (tables) => {
        await place.fill(tables)
        assert.deepEqual(inOrder(await readAll(place.trainees)), inOrder(personsIn(tables)))
      }),
      { numRuns: 40 },
    )
  })

  if (!capabilities.ordersByNumber) return
  test('people are in the order of their trimmed numbers', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    const numbers = ['7000000', ' 1000000', '\u00a05000000', '3000000 ', null]
    await place.fill({
      ContactDetails: numbers.map((_, id) => row('ContactDetails', { id })),
      GmcDetails: numbers.map((gmcNumber, id) => row('GmcDetails', { id, gmcNumber })),
    })
    const read = (await readAll(place.trainees)).flatMap((each) => each.gmcDetails?.gmcNumber?.trim() ?? [])
    assert.deepEqual(read, ['1000000', '3000000', '5000000', '7000000'])
  })
}
