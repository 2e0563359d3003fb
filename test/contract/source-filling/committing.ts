import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readAll } from '../sources/place.ts'
import { row } from '../sources/rows.ts'
import { addAll, fillWith } from './filling.ts'
import type { FillingFactory, FillingPlace } from './place.ts'

const persons = (surname: string) => ({ ContactDetails: [row('ContactDetails', { id: 1, surname })] })

async function surnames({ trainees }: FillingPlace): Promise<(string | null)[]> {
  return (await readAll(trainees)).map((each) => each.surname)
}

export function committing(factory: FillingFactory): void {
  test('added rows can be read once committed, not before', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    const filling = await place.sources.begin()
    await addAll(filling, persons('First'))
    await assert.rejects(readAll(place.trainees), { code: 'SOURCE_MISSING' })
    await filling.commit()
    assert.deepEqual(await surnames(place), ['First'])
  })

  test('a filling replaces everything', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    await fillWith(place.sources, {
      ...persons('First'),
      doctorsForDB: [row('doctorsForDB', { storedId: '1234567' })],
      exceptionLogs: [row('exceptionLogs', { storedId: '1234567', errorMessage: 'x' })],
    })
    await fillWith(place.sources, persons('Second'))
    assert.deepEqual(await surnames(place), ['Second'])
    assert.deepEqual(await readAll(place.doctors), [])
    assert.deepEqual(await readAll(place.exceptions), [])
  })

  test('rows of one table may be added in parts, between those of others', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    const filling = await place.sources.begin()
    for (const id of [3, 1, 2]) {
      await filling.add('GmcDetails', [{ line: id, values: { id, gmcNumber: `100000${id}` } }])
      await filling.add('ContactDetails', [{ line: id, values: { id, surname: null, forenames: null } }])
    }
    await filling.add('Person', [])
    await filling.commit()
    const read = (await readAll(place.trainees)).map((each) => `${each.personId} ${each.gmcDetails?.gmcNumber ?? ''}`)
    assert.deepEqual(read.toSorted(), ['1 1000001', '2 1000002', '3 1000003'])
  })

  test('abandoning a filling at any point leaves the sources unchanged', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    await fillWith(place.sources, persons('First'))
    const filling = await place.sources.begin()
    await addAll(filling, persons('Second'))
    for await (const violation of filling.violations()) assert.fail(violation.reason)
    await filling.abandon()
    await filling.abandon()
    assert.deepEqual(await surnames(place), ['First'])
  })

  test('a finished filling accepts nothing more and does not change', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    for (const end of ['commit', 'abandon'] as const) {
      await fillWith(place.sources, persons('First'))
      const filling = await place.sources.begin()
      await addAll(filling, persons('Second'))
      await filling[end]()
      await assert.rejects(addAll(filling, persons('Third')), { code: 'SOURCE_FAILED' })
      await assert.rejects(filling.commit(), { code: 'SOURCE_FAILED' })
      await filling.abandon()
      assert.deepEqual(await surnames(place), [end === 'commit' ? 'Second' : 'First'])
    }
  })

  test('there is one filling at a time', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    const first = await place.sources.begin()
    await assert.rejects(place.sources.begin(), { code: 'DATA_DIR_IN_USE' })
    await addAll(first, persons('First'))
    await first.commit()
    const second = await place.sources.begin()
    await assert.rejects(place.sources.begin(), { code: 'DATA_DIR_IN_USE' })
    await second.abandon()
    await fillWith(place.sources, persons('Third'))
    assert.deepEqual(await surnames(place), ['Third'])
  })

  test('rows with violations may be committed: of duplicates, the first counts', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    await fillWith(place.sources, {
      ...persons('First'),
      GmcDetails: ['1234567', '7654321'].map((gmcNumber) => row('GmcDetails', { id: 1, gmcNumber })),
      ProgrammeMembership: [row('ProgrammeMembership', { uuid: 'a', personId: 99, programmeId: 99 })],
    })
    const [person, ...others] = await readAll(place.trainees)
    assert.deepEqual([person?.gmcDetails?.gmcNumber, person?.memberships, others], ['1234567', [], []])
  })
}
