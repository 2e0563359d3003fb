import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ComparisonSummary, ListMovements, Movement } from '../../src/domain/comparison.ts'
import { movedBeyond, movedInWords, movesEnough, type LiveSizes } from '../../src/domain/moved-share.ts'

const FLOOR = { fewestRows: 20, fewestShare: 0.005 }

const moves = (enter: number, leave: number, change = 0): Movement => ({ enter, leave, change })
const list = (all: Movement, bodies: ListMovements['bodies'] = {}): ListMovements => ({ all, bodies })

function summary(before: number, lists: Partial<ComparisonSummary['lists']>): ComparisonSummary {
  const none = list(moves(0, 0))
  return {
    rows: { before, after: before },
    missing: 0,
    surplus: 0,
    different: 0,
    fields: {},
    lists: {
      masterdoctorindex: none,
      recommendationindex: none,
      connectedindex: none,
      disconnectedindex: none,
      exceptionindex: none,
      ...lists,
    },
  }
}

function sizes(lists: Partial<LiveSizes['lists']>, bodies: LiveSizes['bodies'] = {}): LiveSizes {
  const none = {
    masterdoctorindex: 0,
    recommendationindex: 0,
    connectedindex: 0,
    disconnectedindex: 0,
    exceptionindex: 0,
  }
  return { lists: { ...none, ...lists }, bodies }
}

describe('a list or body moves beyond a share', () => {
  const LIVE = sizes({ connectedindex: 1_000 })
  for (const [what, movement, found] of [
    ['rows that enter and rows that leave count together', moves(60, 41), true],
    ['exactly the share is not beyond it', moves(60, 40), false],
    ['rows that stay and change do not count', moves(0, 99, 900), false],
  ] as const) {
    test(what, () => {
      const moved = movedBeyond(summary(2_000, { connectedindex: list(movement) }), LIVE, 0.1, FLOOR)
      assert.equal(moved.length, found ? 1 : 0)
    })
  }

  test('of a body: a doctor who moves from one to another counts in both', () => {
    const bodies = { A: moves(0, 30), B: moves(30, 0), C: moves(19, 0), '': moves(25, 0) }
    const found = summary(2_000, { masterdoctorindex: list(moves(44, 0, 30), bodies) })
    const live = sizes({ masterdoctorindex: 2_000 }, { A: 100, B: 1_000, '': 50 })
    assert.deepEqual(movedBeyond(found, live, 0.1, FLOOR), [
      { what: 'doctors without a body', enter: 25, leave: 0, of: 50 },
      { what: 'body A', enter: 0, leave: 30, of: 100 },
    ])
  })

  test('that live has no row of: any number of rows that is judged is beyond the share', () => {
    const found = summary(2_000, { exceptionindex: list(moves(20, 0)) })
    assert.deepEqual(movedBeyond(found, sizes({}), 1, FLOOR), [{ what: 'exceptionindex', enter: 20, leave: 0, of: 0 }])
  })
})

describe('small numbers are not judged', () => {
  test('below the fewest rows', () => {
    const found = summary(100, { connectedindex: list(moves(10, 9)) })
    assert.equal(movesEnough(found, FLOOR), false)
    assert.deepEqual(movedBeyond(found, sizes({ connectedindex: 20 }), 0.1, FLOOR), [])
  })
  test('below the fewest share of the rows of live', () => {
    const live = sizes({ connectedindex: 100 })
    assert.equal(movesEnough(summary(100_000, { connectedindex: list(moves(499, 0)) }), FLOOR), false)
    const found = summary(100_000, { connectedindex: list(moves(250, 250)) })
    assert.equal(movesEnough(found, FLOOR), true)
    assert.equal(movedBeyond(found, live, 0.1, FLOOR).length, 1)
  })
  test('nor is anything if live has fewer rows', () => {
    const found = summary(19, { masterdoctorindex: list(moves(500, 19)) })
    assert.deepEqual(movedBeyond(found, sizes({ masterdoctorindex: 19 }), 0.1, FLOOR), [])
  })
  test('a body alone may move enough', () => {
    assert.equal(movesEnough(summary(100, { masterdoctorindex: list(moves(0, 0), { A: moves(0, 20) }) }), FLOOR), true)
  })
})

test('what moves most is named, with its figures', () => {
  const most = { what: 'body A', enter: 1, leave: 30, of: 100 }
  assert.equal(movedInWords([], 0.1), null)
  assert.equal(
    movedInWords([most], 0.125),
    'more than 12.5 % would move: body A: 1 would enter and 30 would leave, of 100 in live',
  )
  assert.match(movedInWords([most, most], 0.1) ?? '', /; and 1 other figure$/)
  assert.match(movedInWords([most, most, most], 0.1) ?? '', /; and 2 other figures$/)
})
