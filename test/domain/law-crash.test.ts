import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Change } from '../../src/domain/changes.ts'
import type { GmcNumber } from '../../src/domain/gmc-number.ts'
import { numberOfRow } from '../../src/domain/row.ts'
import type { MemoryGeneration } from './generation.ts'
import { applyAlone, writesFor } from './pipeline.ts'
import { HAPPENING, World } from './world.ts'

function apply(generation: MemoryGeneration, change: Change): void {
  applyAlone(generation, change)
  generation.makeVisible()
}

const HAPPENINGS = fc.array(HAPPENING, { maxLength: 12 })

function numbersShown(generation: MemoryGeneration): Set<GmcNumber> {
  const shown = generation.rows.filter(({ hidden, parts }) => !hidden && parts.doctor !== null)
  return new Set(shown.map(numberOfRow).filter((number) => number !== null))
}

/** Carries out the first writes of a change, as a process does that is killed after them. */
function applyUntilCrash(generation: MemoryGeneration, change: Change, writes: number, afterEach: () => void): void {
  for (const write of writesFor(generation, change).slice(0, writes)) {
    generation.write(write)
    afterEach()
  }
  generation.makeVisible()
}

test('a change that was cut off after any of its writes and is applied again ends as without the crash', () => {
  fc.assert(
    fc.property(HAPPENINGS, fc.array(fc.tuple(HAPPENING, fc.nat(4)), { maxLength: 6 }), (before, after) => {
      const world = new World()
      for (const happening of before) world.happen(happening)
      const crashing = world.rebuild()
      const untroubled = world.rebuild()
      for (const [happening, writes] of after) {
        for (const change of world.happen(happening)) {
          applyUntilCrash(crashing, change, writes, () => undefined)
          apply(crashing, change)
          apply(untroubled, change)
          const byId = (of: MemoryGeneration) => new Map(of.rows.map((row) => [row.id, row]))
          assert.deepEqual(byId(crashing), byId(untroubled))
        }
      }
    }),
    { numRuns: 500 },
  )
})

test('a redelivery that begins with earlier changes ends as without the crash', () => {
  fc.assert(
    fc.property(HAPPENINGS, HAPPENING, HAPPENING, fc.nat(4), (before, first, second, writes) => {
      const world = new World()
      for (const happening of before) world.happen(happening)
      const generation = world.rebuild()
      const earlier = world.happen(first)
      const later = world.happen(second)
      for (const change of earlier) apply(generation, change)
      const [cut] = later
      if (cut !== undefined) applyUntilCrash(generation, cut, writes, () => undefined)
      const ended = world.rebuild()
      for (const change of [...earlier, ...later]) apply(generation, change)
      const reasonless = (of: MemoryGeneration) =>
        [...of.shown()].map(([id, document]) => [id, { ...document, exceptionReason: null }])
      // The reason of a new number comes with a change of its own, which this law leaves out.
      assert.deepEqual(reasonless(generation), reasonless(ended))
    }),
    { numRuns: 500 },
  )
})

test('no doctor is lost at any moment: who was shown and is still in the source is always in a visible row', () => {
  fc.assert(
    fc.property(HAPPENINGS, HAPPENINGS, (before, after) => {
      const world = new World()
      for (const happening of before) world.happen(happening)
      const generation = world.rebuild()
      for (const happening of after) {
        for (const change of world.happen(happening)) {
          const gone = change.kind === 'doctor' && change.doctor === null ? change.storedId.trim() : null
          const staying = [...numbersShown(generation)].filter((number) => number !== gone)
          applyUntilCrash(generation, change, Infinity, () => {
            const shown = numbersShown(generation)
            for (const number of staying) assert.ok(shown.has(number), `${number} is shown in no row`)
          })
        }
      }
    }),
    { numRuns: 500 },
  )
})
