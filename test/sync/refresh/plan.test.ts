import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Row } from '../../../src/domain/row.ts'
import type { StoredRow } from '../../../src/ports/index-store.ts'
import type { RefreshPlan } from '../../../src/sync/refresh/plan.ts'
import type { Refreshed } from '../../../src/sync/refresh/refresh.ts'
import { aMembership } from '../../domain/examples.ts'
import { HAPPENING } from './happenings.ts'
import { RefreshPlace } from './place.ts'
import { doctor, number, person, reason, refreshing, trainee } from './refreshing.ts'

const installed = RefreshPlace.forFile()
const READING = new Set(['get', 'find', 'trainees', 'doctors', 'reasons'])
const [ONE, TWO] = ['1111111', '2222222'] as const

type Written = readonly [before: Row | null, after: Row | null]
const written = ({ before, after }: { readonly before: StoredRow | null; readonly after: Row | null }): Written => [
  before?.row ?? null,
  after,
]
const byId = <T extends { readonly id: string }>(all: readonly T[]) => all.toSorted((a, b) => (a.id < b.id ? -1 : 1))
const planned = ({ writes }: RefreshPlan): readonly Written[] => byId(writes).map(written)
const done = ({ changes }: Refreshed): readonly Written[] => byId(changes).map(written)

describe('a plan of a refresh', () => {
  test('names exactly the rows that a refresh then writes, and is only read', async () => {
    const some = fc.array(HAPPENING, { minLength: 1, maxLength: 8 })
    const law = fc.asyncProperty(some, some, async (first, then) => {
      const { happen, plan, refresh, requests, restart } = await refreshing(installed(), first)
      const keys = await happen(...then)
      // What a run wrote is visible once it is live.
      await refresh()
      restart()
      requests.length = 0
      const plans = await plan(...keys)
      assert.deepEqual(new Set(requests).difference(READING), new Set())
      const refreshed = await refresh(...keys)
      assert.deepEqual(plans.map(planned), refreshed.map(done))
      assert.deepEqual(
        plans.map(({ refused, unknown }) => ({ refused, unknown })),
        refreshed.map(({ failed, unknown }) => ({ refused: failed, unknown })),
      )
      const again = await plan(...keys)
      assert.deepEqual(
        again.map(({ writes }) => writes),
        again.map(() => []),
      )
    })
    await fc.assert(law, { numRuns: 60 })
  })

  test('says from what: the records, the rows as they are, the rows as they should be', async () => {
    const { happen, plan, refresh } = await refreshing(installed(), [trainee(1, ONE), doctor(ONE), doctor(TWO)])
    await refresh()
    await happen(trainee(1, TWO), reason(TWO, 'No body'))
    const [of] = await plan(person(1))
    assert.deepEqual(
      of?.records.persons.map(({ personId }) => personId),
      [1],
    )
    assert.deepEqual(of.records.documents.map(({ doctor: { storedId } }) => storedId).sort(), [ONE, TWO])
    assert.deepEqual([...of.records.reasons.values()], ['No body'])
    assert.deepEqual(of.stored.map(({ row }) => row.id).sort(), [`gmc-${TWO}`, 'tcs-1'])
    assert.deepEqual(of.wanted.map(({ id }) => id).sort(), [`gmc-${ONE}`, 'tcs-1'])
    assert.deepEqual(of.writes.map(({ op, id }) => `${op} ${id}`).sort(), [
      `create gmc-${ONE}`,
      `delete gmc-${TWO}`,
      'replace tcs-1',
    ])
  })

  test('says what a rule refuses, and which keys nothing is known of', async () => {
    const impossible = { memberships: [aMembership({ programmeEndDate: '2026-02-31' })] }
    const { happen, plan, refresh } = await refreshing(installed(), [])
    await refresh()
    await happen(trainee(1, null, impossible))
    const [of] = await plan(person(1), person(2), number(ONE))
    assert.deepEqual(
      of?.refused.map(({ key, code }) => [key, code]),
      [['tcs-1', 'ROW_DATE_IMPOSSIBLE']],
    )
    assert.deepEqual(of.unknown, [person(2), number(ONE)])
  })
})
