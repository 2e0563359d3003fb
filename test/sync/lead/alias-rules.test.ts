import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { byIndex, INDEX_NAMES } from '../../../src/domain/lists.ts'
import type { LiveAliases } from '../../../src/ports/index-store.ts'
import type { Installation } from '../../../src/ports/run-ledger.ts'
import {
  allPointTo,
  withAliasesChanged,
  withAliasesChanging,
  withAliasesUnchanged,
} from '../../../src/sync/lead/alias-rules.ts'
import { aChange, aChangeRequest, anInstallation, kept } from '../examples.ts'

const REQUEST = aChangeRequest()

describe('an alias change begins', () => {
  test('from the live generation', () => {
    const begun = withAliasesChanging(anInstallation({ live: kept(1), previous: kept(0) }), REQUEST, 5)
    assert.deepEqual(begun, anInstallation({ live: kept(1), previous: kept(0), changing: aChange() }))
  })

  test('from nothing, if nothing is live', () => {
    assert.equal(withAliasesChanging(anInstallation(), REQUEST, 5).changing?.from, null)
  })

  test('not while another is in progress', () => {
    const busy = anInstallation({ changing: aChange({ kind: 'rollback' }) })
    assert.throws(() => withAliasesChanging(busy, REQUEST, 6), {
      code: 'PROMOTION_IN_PROGRESS',
      message: 'a rollback is in progress',
    })
  })
})

describe('once the aliases have moved', () => {
  const change = aChange()
  const before = anInstallation({ live: kept(1), previous: kept(0), changing: change })
  const cases: readonly (readonly [string, Partial<Installation>, Partial<Installation>])[] = [
    ['the live one becomes the previous one', {}, { live: kept(2), previous: kept(1) }],
    ['nothing is the previous one, if nothing was live', { live: null }, { live: kept(2), previous: null }],
    [
      'a generation that was held back is no longer held back',
      { heldBack: kept(2) },
      { live: kept(2), previous: kept(1), heldBack: null },
    ],
    ['another one stays held back', { heldBack: kept(3) }, { live: kept(2), previous: kept(1), heldBack: kept(3) }],
    [
      'a generation that was building is no longer building',
      { building: kept(2) },
      { live: kept(2), previous: kept(1), building: null },
    ],
    ['another one is still building', { building: kept(3) }, { live: kept(2), previous: kept(1), building: kept(3) }],
    [
      'the previous generation stays if they moved to what was live already',
      { live: kept(2) },
      { live: kept(2), previous: kept(0) },
    ],
  ]
  for (const [what, differing, after] of cases) {
    test(what, () => {
      const installation = { ...before, ...differing }
      const changed = withAliasesChanged(installation, change)
      assert.deepEqual(changed, { ...installation, ...after, changing: null, history: [change] })
    })
  }

  test('a second rollback undoes the first', () => {
    const back = aChange({ kind: 'rollback', from: kept(1), to: kept(0) })
    const rolledBack = withAliasesChanged({ ...before, changing: back }, back)
    assert.ok(rolledBack)
    assert.deepEqual([rolledBack.live, rolledBack.previous], [kept(0), kept(1)])
    const again = aChangeRequest({ kind: 'rollback', to: kept(1) })
    const changing = withAliasesChanging(rolledBack, again, 9)
    const returned = withAliasesChanged(changing, changing.changing ?? change)
    assert.deepEqual([returned?.live, returned?.previous], [kept(1), kept(0)])
  })

  test('the newest change comes first, and a hundred are kept', () => {
    const history = Array.from({ length: 100 }, (_, at) => aChange({ at: 1_000 + at }))
    const changed = withAliasesChanged({ ...before, history }, change)
    assert.deepEqual(changed?.history, [change, ...history.slice(0, 99)])
  })
})

describe('a change that is not in progress is not recorded', () => {
  for (const [what, changing] of [
    ['because it is recorded already', null],
    ['as one to another generation is', aChange({ to: kept(3) })],
    ['as one of another time is', aChange({ at: 6 })],
  ] as const) {
    test(what, () => {
      const installation = anInstallation({ live: kept(1), changing })
      assert.equal(withAliasesChanged(installation, aChange()), null)
      assert.equal(withAliasesUnchanged(installation, aChange()), null)
    })
  }
})

test('a change that did not take place leaves everything else unchanged', () => {
  const installation = anInstallation({ live: kept(1), heldBack: kept(2), changing: aChange() })
  assert.deepEqual(withAliasesUnchanged(installation, aChange()), { ...installation, changing: null })
})

describe('all aliases point to a generation', () => {
  const all = (generation: string): LiveAliases => byIndex(() => generation)

  test('if all five do', () => assert.equal(allPointTo(all('g-2'), 'g-2'), true))
  test('not if there are none', () => assert.equal(allPointTo(null, 'g-2'), false))
  test('not if they point to another', () => assert.equal(allPointTo(all('g-1'), 'g-2'), false))
  for (const name of INDEX_NAMES) {
    test(`not if only ${name} has not moved`, () => {
      assert.equal(allPointTo({ ...all('g-2'), [name]: 'g-1' }, 'g-2'), false)
    })
    test(`not if only ${name} has moved`, () => {
      assert.equal(allPointTo({ ...all('g-1'), [name]: 'g-2' }, 'g-2'), false)
    })
  }
})
