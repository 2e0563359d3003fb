import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Installation, RunState } from '../../src/ports/run-ledger.ts'
import { forgettableRuns, keptGenerations } from '../../src/sync/keeping-rules.ts'
import { aChange, anInstallation, kept } from './examples.ts'

describe('an installation needs', () => {
  const cases: readonly (readonly [string, Partial<Installation>, readonly string[]])[] = [
    ['nothing at the beginning', {}, []],
    ['what is live', { live: kept(1) }, ['g-1']],
    ['the previous one, to roll back to', { live: kept(1), previous: kept(0) }, ['g-0', 'g-1']],
    ['what is held back, to be promoted', { heldBack: kept(3) }, ['g-3']],
    ["what was made of the Java services' indexes", { live: kept(1), java: kept(0) }, ['g-0', 'g-1']],
    ['what is building', { building: kept(4) }, ['g-4']],
    ['what the aliases are moved from and to', { changing: aChange({ from: kept(5), to: kept(6) }) }, ['g-5', 'g-6']],
    ['what the aliases are moved to for the first time', { changing: aChange({ from: null, to: kept(6) }) }, ['g-6']],
    [
      'each of them once',
      { live: kept(1), heldBack: kept(2), changing: aChange({ from: kept(1), to: kept(2) }) },
      ['g-1', 'g-2'],
    ],
  ]
  for (const [what, differing, needed] of cases) {
    test(what, () => assert.deepEqual([...keptGenerations(anInstallation(differing))].sort(), needed))
  }
})

describe('with ten ended runs, of which eight are kept, the oldest', () => {
  const runs = (state: RunState) =>
    Array.from({ length: 10 }, (_, at) => ({ id: `run-${9 - at}`, state, finishedAt: 9 - at }))
  const cases: readonly (readonly [string, RunState, Partial<Installation>, readonly string[]])[] = [
    ['two are deleted', 'failed', {}, ['run-1', 'run-0']],
    [
      'two are deleted, whatever newer ones are kept for',
      'live',
      { live: kept(9), previous: kept(8) },
      ['run-1', 'run-0'],
    ],
    ['stays when it is live', 'live', { live: kept(0) }, ['run-1']],
    ['stays when it is the previous one', 'live', { previous: kept(0) }, ['run-1']],
    ["stays when it stands for the Java services' indexes", 'live', { java: kept(0) }, ['run-1']],
    ['stays when it is held back', 'held back', { heldBack: kept(0) }, ['run-1']],
    ['stays when it fills a generation', 'failed', { building: kept(1) }, ['run-0']],
    ['stays when it is not over', 'doctors', {}, []],
  ]
  for (const [what, state, differing, forgotten] of cases) {
    test(what, () =>
      assert.deepEqual(forgettableRuns(runs(state), { most: 8, before: 0 }, anInstallation(differing)), forgotten),
    )
  }

  test('five go that ended before the time, unless their generation is kept', () => {
    const installation = anInstallation({ previous: kept(1) })
    const forgotten = forgettableRuns(runs('failed'), { most: 8, before: 5 }, installation)
    assert.deepEqual(forgotten, ['run-4', 'run-3', 'run-2', 'run-0'])
    const running = runs('doctors').map((run) => ({ ...run, finishedAt: null }))
    assert.deepEqual(forgettableRuns(running, { most: 10, before: 5 }, anInstallation()), [])
  })

  test('all stay if there are no more than that', () => {
    assert.deepEqual(forgettableRuns(runs('failed').slice(2), { most: 8, before: 0 }, anInstallation()), [])
  })
})
