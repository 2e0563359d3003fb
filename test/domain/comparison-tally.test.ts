import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { ComparisonTally, isInScope, moveIn } from '../../src/domain/comparison-tally.ts'
import {
  bodyOf,
  rowDifference,
  type ComparedRow,
  type ComparisonSummary,
  type Movement,
} from '../../src/domain/comparison.ts'
import { belongsTo, documentIn, INDEX_NAMES, type IndexName } from '../../src/domain/lists.ts'
import type { RowId } from '../../src/domain/row.ts'
import { aDoctor, aRow, aTrainee, TODAY } from './examples.ts'
import { comparedRow, differencesOf, twoGenerations, type Side } from './two-generations.ts'

function tallied(before: Side, after: Side): ComparisonSummary {
  const tally = new ComparisonTally(TODAY)
  tally.addRows({ before: before.size, after: after.size })
  for (const difference of differencesOf(before, after)) tally.add(difference)
  return tally.summary()
}

/** The ids of a list; of a body, or of all of them. */
function idsIn(side: Side, list: IndexName, body: string | null): Set<RowId> {
  const found = [...side].filter(
    ([, { document }]) => belongsTo(list, document, TODAY) && (body === null || bodyOf(document) === body),
  )
  return new Set(found.map(([id]) => id))
}

function recounted(before: Side, after: Side, list: IndexName, body: string | null): Movement {
  const old = idsIn(before, list, body)
  const present = idsIn(after, list, body)
  const shown = (side: Side, id: RowId) => {
    const document = side.get(id)?.document
    return document && [bodyOf(document), documentIn(list, document)]
  }
  const changed = [...old.intersection(present)].filter((id) => !isDeepStrictEqual(shown(before, id), shown(after, id)))
  return { enter: present.difference(old).size, leave: old.difference(present).size, change: changed.length }
}

const NOTHING: Movement = { enter: 0, leave: 0, change: 0 }

test('the tally is what an independent recount of both sides finds', () => {
  fc.assert(
    fc.property(twoGenerations, ({ before, after }) => {
      const { rows, missing, surplus, lists } = tallied(before, after)
      assert.deepEqual(rows, { before: before.size, after: after.size })
      assert.equal(missing, [...after.keys()].filter((id) => !before.has(id)).length)
      assert.equal(surplus, [...before.keys()].filter((id) => !after.has(id)).length)
      const bodies = new Set([...before.values(), ...after.values()].map(({ document }) => bodyOf(document)))
      for (const list of INDEX_NAMES) {
        assert.deepEqual(lists[list].all, recounted(before, after, list, null), list)
        const moving = [...bodies].flatMap((body) => {
          const movement = recounted(before, after, list, body)
          return isDeepStrictEqual(movement, NOTHING) ? [] : [[body, movement]]
        })
        assert.deepEqual(lists[list].bodies, Object.fromEntries(moving), list)
      }
    }),
  )
})

test('the fields are counted once for each row that differs in them', () => {
  fc.assert(
    fc.property(twoGenerations, ({ before, after }) => {
      const differences = differencesOf(before, after)
      const { different, fields } = tallied(before, after)
      assert.equal(different, differences.filter(({ kind }) => kind === 'different').length)
      for (const [field, times] of Object.entries(fields))
        assert.equal(times, differences.filter((each) => each.fields.includes(field)).length)
      assert.deepEqual(new Set(Object.keys(fields)), new Set(differences.flatMap((each) => each.fields)))
    }),
  )
})

const CONNECTED = comparedRow(aRow('tcs-1005', { trainee: aTrainee(), doctor: aDoctor() }))
const DISCONNECTED = comparedRow(
  aRow('tcs-1005', { trainee: aTrainee({ tcsDesignatedBody: null }), doctor: aDoctor({ designatedBodyCode: null }) }),
)
const ELSEWHERE = comparedRow(
  aRow('tcs-1005', { trainee: aTrainee(), doctor: aDoctor({ designatedBodyCode: 'other' }) }),
)

function movements(before: ComparedRow, after: ComparedRow) {
  const { lists } = tallied(new Map([['tcs-1005', before]]), new Map([['tcs-1005', after]]))
  return lists
}

describe('a row that', () => {
  test('is disconnected leaves one list and enters another', () => {
    const { connectedindex, disconnectedindex, masterdoctorindex } = movements(CONNECTED, DISCONNECTED)
    assert.deepEqual(connectedindex.all, { enter: 0, leave: 1, change: 0 })
    assert.deepEqual(connectedindex.bodies, { '1-1RSSQ1B': { enter: 0, leave: 1, change: 0 } })
    assert.deepEqual(disconnectedindex.all, { enter: 1, leave: 0, change: 0 })
    assert.deepEqual(disconnectedindex.bodies, { '': { enter: 1, leave: 0, change: 0 } })
    assert.deepEqual(masterdoctorindex.all, { enter: 0, leave: 0, change: 1 })
  })

  test('moves between bodies leaves one and enters the other, and changes in the list', () => {
    const { connectedindex, disconnectedindex } = movements(CONNECTED, ELSEWHERE)
    assert.deepEqual(connectedindex.all, { enter: 0, leave: 0, change: 1 })
    assert.deepEqual(connectedindex.bodies, {
      '1-1RSSQ1B': { enter: 0, leave: 1, change: 0 },
      other: { enter: 1, leave: 0, change: 0 },
    })
    assert.deepEqual(disconnectedindex, { all: NOTHING, bodies: {} })
  })

  test('changes in a field changes in the lists that show it', () => {
    const after = comparedRow(aRow('tcs-1005', { trainee: aTrainee(), doctor: aDoctor({ admin: null }) }))
    const lists = movements(CONNECTED, after)
    const changed = INDEX_NAMES.filter((list) => lists[list].all.change === 1)
    assert.deepEqual(changed, ['masterdoctorindex', 'recommendationindex'])
  })
})

describe('a scope', () => {
  const disconnected = rowDifference(CONNECTED, DISCONNECTED)
  const hidden = rowDifference(CONNECTED, { ...CONNECTED, wrongKeys: ['number'] })
  const missing = rowDifference(null, CONNECTED)
  assert.ok(disconnected !== null && hidden !== null && missing !== null)

  test('without list and body has every difference', () => {
    for (const each of [disconnected, hidden, missing]) assert.ok(isInScope(each, { list: null, body: null }, TODAY))
  })

  test('of a list has what enters, leaves or changes there', () => {
    const inList = (list: IndexName) => isInScope(disconnected, { list, body: null }, TODAY)
    assert.deepEqual(INDEX_NAMES.filter(inList), [
      'masterdoctorindex',
      'recommendationindex',
      'connectedindex',
      'disconnectedindex',
    ])
    assert.equal(moveIn('masterdoctorindex', hidden, TODAY), null)
    assert.ok(!isInScope(hidden, { list: 'masterdoctorindex', body: null }, TODAY))
  })

  test('of a body has the rows that count under it on either side', () => {
    const ofBody = (body: string) => isInScope(disconnected, { list: null, body }, TODAY)
    assert.ok(ofBody('1-1RSSQ1B') && ofBody('') && !ofBody('1-1RUZUSF'))
    assert.ok(isInScope(missing, { list: null, body: '1-1RSSQ1B' }, TODAY))
  })

  test('of a list and a body has what the body has in that list', () => {
    const inBoth = (list: IndexName, body: string) => isInScope(disconnected, { list, body }, TODAY)
    assert.ok(inBoth('connectedindex', '1-1RSSQ1B') && !inBoth('connectedindex', ''))
    assert.ok(inBoth('disconnectedindex', '') && !inBoth('disconnectedindex', '1-1RSSQ1B'))
  })
})
