import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { daysOf } from '../../../src/app/demo/calendar.ts'
import { Deck } from '../../../src/app/demo/deck.ts'
import { MOST_DOCTORS, numberBook } from '../../../src/app/demo/gmc-numbers.ts'
import { permutation } from '../../../src/app/demo/permutation.ts'
import { Draws } from '../../../src/app/demo/random.ts'
import { uuids } from '../../../src/app/demo/uuid.ts'
import { isDay } from '../../../src/domain/day.ts'
import { gmcNumber } from '../../../src/domain/gmc-number.ts'

const seeds = fc.maxSafeInteger()

test('a permutation visits every index once, whatever its size', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3_000 }), seeds, (size, seed) => {
      const at = permutation(size, new Draws(seed, 'test'))
      const met = new Set(Array.from({ length: size }, (_, index) => at(index)))
      assert.equal(met.size, size)
      for (const index of met) assert.ok(Number.isInteger(index) && index >= 0 && index < size)
    }),
  )
})

test('GMC numbers of doctors, strangers and unused ones are all different', () => {
  const indexes = fc.uniqueArray(fc.nat(MOST_DOCTORS - 1), { minLength: 1, maxLength: 100 })
  fc.assert(
    fc.property(seeds, indexes, (seed, some) => {
      const book = numberBook(seed)
      const numbers = some.flatMap((index) => [book.ofDoctor(index), book.ofStranger(index), book.ofNobody(index)])
      assert.equal(new Set(numbers).size, numbers.length)
      for (const number of numbers) assert.equal(gmcNumber(number), number)
    }),
  )
})

test('a deck deals every card as often as it contains it, each time in another order', () => {
  const deck = new Deck(new Draws(4, 'test'), [
    ['often', 60],
    ['seldom', 3],
    [null, 1],
  ])
  const rounds = Array.from({ length: 3 }, () => Array.from({ length: 64 }, () => deck.deal()))
  for (const round of rounds) {
    const of = (card: string | null): number => round.filter((each) => each === card).length
    assert.deepEqual([of('often'), of('seldom'), of(null)], [60, 3, 1])
  }
  assert.notDeepEqual(rounds[0], rounds[1])
})

describe('draws', () => {
  test('are spread evenly', () => {
    const draws = new Draws(8, 'test')
    const counts = new Array<number>(10).fill(0)
    for (let i = 0; i < 20_000; i++) {
      const drawn = draws.below(10)
      counts[drawn] = (counts[drawn] ?? 0) + 1
    }
    // Five standard deviations around 2,000.
    for (const count of counts) assert.ok(Math.abs(count - 2_000) < 213, counts.join())
  })

  test('with another label differ', () => {
    const of = (label: string): number[] => {
      const draws = new Draws(8, label)
      return Array.from({ length: 20 }, () => draws.next())
    }
    assert.notDeepEqual(of('one'), of('other'))
  })
})

test('days are valid dates, from the first to the last of their years', () => {
  const day = daysOf(new Draws(2, 'test'), 2028, 2028)
  const days = new Set(Array.from({ length: 8_000 }, day))
  assert.equal(days.size, 366)
  for (const each of days) assert.ok(isDay(each) && each.startsWith('2028-'))
})

test('UUIDs have version 4', () => {
  const uuid = uuids(new Draws(3, 'test'))
  for (let i = 0; i < 1_000; i++) {
    assert.match(uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  }
})
