import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { INDEX_NAMES } from '../../../src/domain/lists.ts'
import type { LiveNames } from '../../../src/ports/index-store.ts'
import type { Installation } from '../../../src/ports/run-ledger.ts'
import {
  allPointAt,
  withNamesChanged,
  withNamesChanging,
  withNamesUnchanged,
} from '../../../src/sync/lead/name-rules.ts'
import { aChange, aChangeRequest, anInstallation, kept } from '../examples.ts'

const REQUEST = aChangeRequest()

describe('a change of names begins', () => {
  test('from what is live', () => {
    const begun = withNamesChanging(anInstallation({ live: kept(1), previous: kept(0) }), REQUEST, 5)
    assert.deepEqual(begun, anInstallation({ live: kept(1), previous: kept(0), changing: aChange() }))
  })

  test('from nothing, where nothing is live', () => {
    assert.equal(withNamesChanging(anInstallation(), REQUEST, 5).changing?.from, null)
  })

  test('not while another one is in progress', () => {
    const busy = anInstallation({ changing: aChange({ kind: 'rollback' }) })
    assert.throws(() => withNamesChanging(busy, REQUEST, 6), {
      code: 'PROMOTION_IN_PROGRESS',
      message: 'a rollback is in progress',
    })
  })
})

describe('once the names have moved', () => {
  const change = aChange()
  const before = anInstallation({ live: kept(1), previous: kept(0), changing: change })
  const cases: readonly (readonly [string, Partial<Installation>, Partial<Installation>])[] = [
    ['what was live is the one before', {}, { live: kept(2), previous: kept(1) }],
    ['nothing is the one before, where nothing was live', { live: null }, { live: kept(2), previous: null }],
    [
      'a generation that was held back is held back no longer',
      { heldBack: kept(2) },
      { live: kept(2), previous: kept(1), heldBack: null },
    ],
    ['another one stays held back', { heldBack: kept(3) }, { live: kept(2), previous: kept(1), heldBack: kept(3) }],
    [
      'a generation that was being filled is filled no longer',
      { building: kept(2) },
      { live: kept(2), previous: kept(1), building: null },
    ],
    [
      'another one goes on being filled',
      { building: kept(3) },
      { live: kept(2), previous: kept(1), building: kept(3) },
    ],
    [
      'the one before stays, where they moved to what was live already',
      { live: kept(2) },
      { live: kept(2), previous: kept(0) },
    ],
  ]
  for (const [what, differing, after] of cases) {
    test(what, () => {
      const installation = { ...before, ...differing }
      const changed = withNamesChanged(installation, change)
      assert.deepEqual(changed, { ...installation, ...after, changing: null, history: [change] })
    })
  }

  test('a second rollback returns to where the first came from', () => {
    const back = aChange({ kind: 'rollback', from: kept(1), to: kept(0) })
    const rolledBack = withNamesChanged({ ...before, changing: back }, back)
    assert.ok(rolledBack)
    assert.deepEqual([rolledBack.live, rolledBack.previous], [kept(0), kept(1)])
    const again = aChangeRequest({ kind: 'rollback', to: kept(1) })
    const changing = withNamesChanging(rolledBack, again, 9)
    const returned = withNamesChanged(changing, changing.changing ?? change)
    assert.deepEqual([returned?.live, returned?.previous], [kept(1), kept(0)])
  })

  test('the newest change comes first, and a hundred are kept', () => {
    const history = Array.from({ length: 100 }, (_, at) => aChange({ at: 1_000 + at }))
    const changed = withNamesChanged({ ...before, history }, change)
    assert.deepEqual(changed?.history, [change, ...history.slice(0, 99)])
  })
})

describe('nothing is recorded of a change that is not the one in progress', () => {
  for (const [what, changing] of [
    ['as it is recorded already', null],
    ['as one to another generation is', aChange({ to: kept(3) })],
    ['as one of another time is', aChange({ at: 6 })],
  ] as const) {
    test(what, () => {
      const installation = anInstallation({ live: kept(1), changing })
      assert.equal(withNamesChanged(installation, aChange()), null)
      assert.equal(withNamesUnchanged(installation, aChange()), null)
    })
  }
})

test('a change that did not take place leaves everything else as it was', () => {
  const installation = anInstallation({ live: kept(1), heldBack: kept(2), changing: aChange() })
  assert.deepEqual(withNamesUnchanged(installation, aChange()), { ...installation, changing: null })
})

describe('the names show a generation everywhere', () => {
  const all = (generation: string): LiveNames =>
    Object.fromEntries(INDEX_NAMES.map((name) => [name, generation])) as unknown as LiveNames

  test('where all five show it', () => assert.equal(allPointAt(all('g-2'), 'g-2'), true))
  test('not where there are none', () => assert.equal(allPointAt(null, 'g-2'), false))
  test('not where they show another', () => assert.equal(allPointAt(all('g-1'), 'g-2'), false))
  for (const name of INDEX_NAMES) {
    test(`not where ${name} alone has not moved`, () => {
      assert.equal(allPointAt({ ...all('g-2'), [name]: 'g-1' }, 'g-2'), false)
    })
    test(`not where ${name} alone has moved`, () => {
      assert.equal(allPointAt({ ...all('g-1'), [name]: 'g-2' }, 'g-2'), false)
    })
  }
})
