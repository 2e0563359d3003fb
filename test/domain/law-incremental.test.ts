import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MemoryGeneration } from './generation.ts'
import { apply, applyAlone, settle, writesFor } from './pipeline.ts'
import type { Change } from '../../src/domain/changes.ts'
import { HAPPENING, World, type Happening } from './world.ts'

/** Makes it happen in the world, and applies the changes as the live pipeline does: one is visible before the next. */
function happen(world: World, generation: MemoryGeneration, happening: Happening): Change[] {
  return world.happen(happening).flatMap((change) => apply(generation, change, world, () => generation.makeVisible()))
}

const HAPPENINGS = fc.array(HAPPENING, { maxLength: 14 })

test('incremental = rebuild: changes lead to the rows that a rebuild from the final sources gives', () => {
  fc.assert(
    fc.property(HAPPENINGS, HAPPENINGS, (before, after) => {
      const world = new World()
      for (const happening of before) world.happen(happening)
      const generation = world.rebuild()
      for (const happening of after) happen(world, generation, happening)
      assert.deepEqual(generation.shown(), world.rebuild().shown())
    }),
    { numRuns: 600 },
  )
})

test('incremental = rebuild holds after every single change, from nothing', () => {
  fc.assert(
    fc.property(HAPPENINGS, (happenings) => {
      const world = new World()
      const generation = new MemoryGeneration()
      for (const happening of happenings) {
        happen(world, generation, happening)
        assert.deepEqual(generation.shown(), world.rebuild().shown())
      }
    }),
    { numRuns: 200 },
  )
})

test('repetition: a change that was applied asks for no writes', () => {
  fc.assert(
    fc.property(HAPPENINGS, HAPPENING, (before, last) => {
      const world = new World()
      for (const happening of before) world.happen(happening)
      const generation = world.rebuild()
      for (const change of world.happen(last)) {
        applyAlone(generation, change)
        generation.makeVisible()
        assert.deepEqual(writesFor(generation, change), [])
      }
    }),
    { numRuns: 400 },
  )
})

test('order: a change that is repeated after later ones of its key leaves what they did', () => {
  fc.assert(
    fc.property(HAPPENINGS, fc.nat(), (happenings, choice) => {
      const world = new World()
      const generation = new MemoryGeneration()
      const changes = happenings.flatMap((each) => happen(world, generation, each))
      const late = changes[choice % Math.max(1, changes.length)]
      if (late !== undefined) applyAlone(generation, late)
      assert.deepEqual(generation.shown(), world.rebuild().shown())
    }),
    { numRuns: 400 },
  )
})

test('settling a generation that changes have kept whole changes nothing', () => {
  fc.assert(
    fc.property(HAPPENINGS, HAPPENINGS, (before, after) => {
      const world = new World()
      for (const happening of before) world.happen(happening)
      const generation = world.rebuild()
      for (const happening of after) happen(world, generation, happening)
      const rows = generation.rows
      settle(generation)
      assert.deepEqual(generation.rows, rows)
    }),
    { numRuns: 200 },
  )
})
