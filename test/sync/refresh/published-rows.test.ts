import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { assemble } from '../../../src/domain/assemble.ts'
import type { Row } from '../../../src/domain/row.ts'
import type { Refreshed } from '../../../src/sync/refresh/refresh.ts'
import { Announcements, rowsToPublish } from '../../../src/sync/refresh/published-rows.ts'
import { altered } from '../../faults/altered.ts'
import { textOf } from '../../messages/bodies.ts'
import { aContext, brokerFor, SETTINGS } from '../a-context.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import type { ServiceName } from '../../../src/ports/run-ledger.ts'
import { aDoctor, aNumber, aRow, aTrainee, stored } from '../../domain/examples.ts'

const BEFORE = aRow('tcs-1', { trainee: aTrainee({ tcsPersonId: 1 }) })
const OTHER = aRow('tcs-2', { trainee: aTrainee({ tcsPersonId: 2, gmcReferenceNumber: '7000002' }) })
const TEXT = aRow('gmc-UNKNOWN', { doctor: aDoctor({ gmcReferenceNumber: 'UNKNOWN' }) })
const differing = (parts: Partial<Row['parts']>): Row => ({ ...BEFORE, parts: { ...BEFORE.parts, ...parts } })

const refreshed = (changes: Refreshed['changes'], rows: readonly Row[] = []): Refreshed => ({
  changes,
  rows,
  failed: [],
  unknown: [],
})
const ids = (rows: readonly Row[]) => rows.map(({ id }) => id)

describe('the rows that are announced', () => {
  test('are those that were created or replaced, and none that was deleted', () => {
    const changed = differing({ doctor: aDoctor() })
    const changes = [
      { id: 'tcs-1', before: stored(BEFORE), after: changed },
      { id: 'tcs-2', before: null, after: OTHER },
      { id: 'gmc-UNKNOWN', before: stored(TEXT), after: null },
    ]
    assert.deepEqual(rowsToPublish(refreshed(changes), []), [changed, OTHER])
  })

  test('are not those that changed in a field that is not published', () => {
    const changes = [{ id: 'tcs-1', before: stored(BEFORE), after: differing({ reason: 'a reason' }) }]
    assert.deepEqual(rowsToPublish(refreshed(changes), []), [])
  })

  test('are also those of which readers saw a field that was wrong', () => {
    const document = { ...assemble(BEFORE.parts), doctorLastName: 'Altered' }
    const change = { id: 'tcs-1', before: stored(BEFORE, { document }), after: BEFORE }
    assert.deepEqual(rowsToPublish(refreshed([change]), []), [BEFORE])
  })

  test('are also the unchanged ones of the keys to repeat', () => {
    const all = refreshed([], [BEFORE, OTHER, TEXT])
    assert.deepEqual(ids(rowsToPublish(all, [{ kind: 'person', tcsPersonId: 1 }])), ['tcs-1'])
    assert.deepEqual(ids(rowsToPublish(all, [{ kind: 'number', number: aNumber('7000002') }])), ['tcs-2'])
    assert.deepEqual(ids(rowsToPublish(all, [{ kind: 'document', storedId: 'UNKNOWN' }])), ['gmc-UNKNOWN'])
    assert.deepEqual(ids(rowsToPublish(all, 'all')), ['tcs-1', 'tcs-2', 'gmc-UNKNOWN'])
  })
})

/** What is announced of these rows, as JSON, where these services are Java ones. */
async function announced(t: TestContext, javaPeers: readonly ServiceName[], rows: readonly Row[], hasViews = false) {
  const bodies: Record<string, unknown>[] = []
  const broker = altered(brokerFor(t, new ManualClock()), {
    publish: (own) => (route, message) => {
      assert.equal(route, 'masterRowChanged')
      bodies.push(JSON.parse(textOf(message.body)) as Record<string, unknown>)
      return own(route, message)
    },
  })
  const context = aContext({ broker, settings: { ...SETTINGS, javaPeers } })
  const count = await new Announcements(context).announce(refreshed([], rows), 'all', { hasViews })
  assert.equal(bodies.length, count)
  return bodies
}

describe('what is announced', () => {
  const WITH_REASON = differing({ reason: 'Not found' })
  const VISITOR = aRow('tcs-3', {
    trainee: aTrainee({ tcsPersonId: 3, gmcReferenceNumber: '7000003', programmeMembershipType: 'Visitor' }),
  })
  const idsOf = (bodies: readonly Record<string, unknown>[]) => bodies.map(({ id }) => id).sort()

  test('is every row, without its reason, where no Java service writes lists', async (t) => {
    const bodies = await announced(t, ['tcs'], [WITH_REASON, TEXT, VISITOR], true)
    assert.deepEqual(idsOf(bodies), ['gmc-UNKNOWN', 'tcs-1', 'tcs-3'])
    assert.ok(bodies.every((body) => !('exceptionReason' in body)))
  })

  for (const [peer, expected] of [
    ['recommendation', ['tcs-1', 'tcs-2', 'tcs-3']],
    ['connection', ['tcs-1', 'tcs-2']],
  ] as const) {
    test(`is, to a Java ${peer}, each row with which it does no harm, with its reason`, async (t) => {
      const bodies = await announced(t, [peer], [WITH_REASON, OTHER, TEXT, VISITOR])
      assert.deepEqual(idsOf(bodies), expected)
      const reasons = bodies.map(({ exceptionReason }) => exceptionReason)
      assert.ok(reasons.includes('Not found') && reasons.includes(null))
    })

    test(`is nothing to a Java ${peer} while lists are views: it would write and delete through them`, async (t) => {
      assert.deepEqual(await announced(t, [peer], [WITH_REASON, OTHER], true), [])
    })
  }

  test('is also a row of which only the reason changed, to Java services that write lists', () => {
    const change = { id: 'tcs-1', before: stored(BEFORE), after: WITH_REASON }
    assert.deepEqual(rowsToPublish(refreshed([change]), [], 'Java lists'), [WITH_REASON])
  })
})
