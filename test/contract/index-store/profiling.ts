import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { assemble, type AssembledDocument } from '../../../src/domain/assemble.ts'
import { DAY_FIELDS, MOST_VALUES, type Profile } from '../../../src/domain/profile.ts'
import type { Row } from '../../../src/domain/row.ts'
import { aDoctor, aRow, aTrainee, TODAY } from '../../domain/examples.ts'
import { nearDay, rows } from './arbitraries.ts'
import { generation, openPlace, openStore, type StoreFactory } from './place.ts'
import { countsOf, profileOf, valuesOf } from './profile-model.ts'
import { create, remove, stored, traineeRow, written } from './rows.ts'

/** Values that are risky as object keys, or look like null. */
const ODD_VALUES = ['__proto__', 'constructor', 'toString', '\u200b', '\u2800', 'null', '0', '10', '"', '\\', 'a\0']
const odd = fc.constantFrom(...ODD_VALUES)
const farDay = fc.oneof(nearDay, fc.constantFrom('0001-01-01', '9999-12-31'))

/** Rows whose coded values are often odd, and often equal. */
export const oddRows: fc.Arbitrary<readonly Row[]> = rows.chain((some) =>
  fc
    .array(fc.tuple(odd, farDay), { minLength: some.length, maxLength: some.length })
    .map((values) => some.map((row, at) => withValues(row, ...(values[at] ?? ['0', TODAY])))),
)

function withValues({ id, parts }: Row, value: string, day: string): Row {
  const trainee = parts.trainee && { ...parts.trainee, programmeOwner: value, curriculumEndDate: day }
  const doctor = parts.doctor && { ...parts.doctor, designatedBodyCode: value, submissionDate: day }
  return { id, parts: { ...parts, trainee, doctor } }
}

/** Checks a profile. The median of days may be off by 1 % of the ranks, and by one rank for few rows. */
export function assertProfile(profile: Profile, documents: readonly AssembledDocument[], today: string): void {
  const expected = profileOf(documents, today)
  const days = DAY_FIELDS.map((field) => {
    const median = profile.days[field]?.median
    const should = expected.days[field]
    if (median === undefined || should === null) return [field, should]
    const values = valuesOf(documents, field)
    const rank = Math.floor((values.length - 1) / 2)
    const off = Math.max(1, values.length / 100)
    const below = values.filter((value) => value < median).length
    const upTo = values.filter((value) => value <= median).length
    assert.ok(below <= rank + off && upTo > rank - off, `${median} is not the median of ${field}`)
    return [field, { ...should, median }]
  })
  assert.deepEqual(profile, { ...expected, days: Object.fromEntries(days) as Profile['days'] })
}

export function profiling(factory: StoreFactory): void {
  describe('the profile', () => {
    test('equals that of a model, on any day and for any values', async (t) => {
      const { store } = await openPlace(t, factory)
      let round = 0
      await fc.assert(
        fc.asyncProperty(oddRows, nearDay, async (some, today) => {
          const id = `round-${(round += 1)}`
          const documents = some.map(({ parts }) => assemble(parts))
          await store.createGeneration(generation(id))
          await store.write(id, some.map(create))
          await store.makeVisible(id)
          assertProfile(await store.profile(id, today), documents, today)
          assert.deepEqual(await store.count(id, today), countsOf(documents, today))
          await store.dropGeneration(id)
        }),
        { numRuns: 20 },
      )
    })

    test('of an empty generation has no rows, values or days', async (t) => {
      const store = await openStore(t, factory)
      await store.makeVisible('g1')
      assert.deepEqual(await store.profile('g1', TODAY), profileOf([], TODAY))
    })

    test('follows changes of rows', async (t) => {
      const store = await openStore(t, factory)
      await written(store, create(traineeRow(1)), create(traineeRow(2)))
      await store.makeVisible('g1')
      assert.equal((await store.profile('g1', TODAY)).fields.programmeName, 2)
      await written(store, remove('tcs-1', (await stored(store, 'tcs-1')).token))
      await store.makeVisible('g1')
      assert.equal((await store.profile('g1', TODAY)).fields.programmeName, 1)
    })

    test('lists the most frequent values if there are too many', async (t) => {
      const store = await openStore(t, factory)
      const bodies = Array.from({ length: MOST_VALUES + 5 }, (_, at) => `1-${at}`)
      // The rare ones sort first in any order of values.
      const some = [...bodies, ...bodies.slice(5)].map((designatedBodyCode, at) =>
        aRow(`tcs-${at}`, {
          trainee: aTrainee({ tcsPersonId: at, programmeOwner: designatedBodyCode }),
          doctor: aDoctor({ designatedBodyCode }),
        }),
      )
      await written(store, ...some.map(create))
      await store.makeVisible('g1')
      const profile = await store.profile('g1', TODAY)
      const frequent = Object.fromEntries(bodies.slice(5).map((body) => [body, 2]))
      assert.deepEqual(profile.bodies, frequent)
      assert.deepEqual(profile.codes.programmeOwner, frequent)
    })

    test('has the spread of days of many rows', async (t) => {
      const store = await openStore(t, factory)
      // Most are near the start, so the middle of the range is far from the median.
      const days = Array.from({ length: 2_000 }, (_, at) => `${String(1 + ((at * at) % 1_999)).padStart(4, '0')}-03-01`)
      const some = days.map((submissionDate, at) =>
        aRow(`gmc-${at}`, { doctor: aDoctor({ gmcReferenceNumber: String(at), submissionDate }) }),
      )
      await written(store, ...some.map(create))
      await store.makeVisible('g1')
      const documents = some.map(({ parts }) => assemble(parts))
      assertProfile(await store.profile('g1', TODAY), documents, TODAY)
    })
  })
}
