import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MemoryGeneration } from './generation.ts'
import { apply, settle, withReason, writesFor } from './pipeline.ts'
import { HAPPENING, World } from './world.ts'

const HAPPENINGS = fc.array(HAPPENING, { maxLength: 14 })

test('incremental = rebuild: changes lead to the rows that a rebuild from the final sources gives', () => {
  fc.assert(
    fc.property(HAPPENINGS, HAPPENINGS, (before, after) => {
      const world = new World()
      for (const happening of before) world.happen(happening)
      const generation = world.rebuild()
      for (const change of after.flatMap((each) => world.happen(each).flatMap((it) => withReason(world, it)))) {
        apply(generation, change)
      }
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
        for (const change of world.happen(happening))
          for (const each of withReason(world, change)) apply(generation, each)
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
        apply(generation, change)
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
      const changes = happenings.flatMap((each) => world.happen(each).flatMap((it) => withReason(world, it)))
      for (const change of changes) apply(generation, change)
      const late = changes[choice % Math.max(1, changes.length)]
      if (late !== undefined) apply(generation, late)
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
      for (const happening of after) for (const change of world.happen(happening)) apply(generation, change)
      const rows = generation.rows
      settle(generation)
      assert.deepEqual(generation.rows, rows)
    }),
    { numRuns: 200 },
  )
})
