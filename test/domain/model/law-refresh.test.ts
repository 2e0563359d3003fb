import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { gmcNumber, type GmcNumber } from '../../../src/domain/gmc-number.ts'
import { aNumber, aPerson, aStoredDoctor } from '../examples.ts'
import { Generation } from './generation.ts'
import { DAYS, HAPPENING } from './happenings.ts'
import { personKey, type Key } from './key.ts'
import { refresh } from './refresh.ts'
import { RULES, type Rules } from './rules.ts'
import { Sources, type Happening } from './sources.ts'
import { Task } from './work.ts'

const [DAY] = DAYS
const HAPPENINGS = fc.array(HAPPENING, { maxLength: 12, size: 'max' })

function sourcesAfter(happenings: readonly Happening[]): Sources {
  const sources = new Sources()
  for (const happening of happenings) sources.happen(happening)
  return sources
}

function rebuilt(sources: Sources): Generation {
  return Generation.of(DAY, sources.rebuild(DAY).values())
}

/** Refreshes the keys completely and makes the result visible; `betweenCalls` runs whenever no call is partly applied. */
function refreshed(
  generation: Generation,
  sources: Sources,
  keys: readonly Key[],
  betweenCalls = (): void => undefined,
) {
  const task = new Task(refresh(keys, generation, sources, RULES))
  while (!task.done) {
    task.advance(0)
    if (task.isBetweenCalls) betweenCalls()
  }
  generation.makeVisible()
}

/** The numbers whose doctor is in some row. */
function numbersShown(generation: Generation): Set<GmcNumber> {
  const doctors = [...generation.rows.values()].map(({ parts }) => gmcNumber(parts.doctor?.gmcReferenceNumber))
  return new Set(doctors.filter((number) => number !== null))
}

describe('refresh', () => {
  test('gives the rows of a rebuild after every change, starting from nothing', () => {
    fc.assert(
      fc.property(HAPPENINGS, (happenings) => {
        const sources = new Sources()
        const generation = new Generation(DAY)
        for (const happening of happenings) {
          refreshed(generation, sources, [sources.happen(happening)])
          assert.deepEqual(generation.rows, sources.rebuild(DAY))
        }
      }),
      { numRuns: 300 },
    )
  })

  test('writes nothing if all rows are right', () => {
    fc.assert(
      fc.property(HAPPENINGS, HAPPENING, (before, last) => {
        const sources = sourcesAfter(before)
        const key = sources.happen(last)
        const task = new Task(refresh([key], rebuilt(sources), sources, RULES))
        while (!task.done) {
          task.advance(0)
          assert.deepEqual(task.onTheWay(), [])
        }
      }),
      { numRuns: 400 },
    )
  })

  test('loses no doctor between two calls: those indexed and still in the source are in some row', () => {
    fc.assert(
      fc.property(HAPPENINGS, fc.array(HAPPENING, { minLength: 1, maxLength: 3 }), (before, changes) => {
        const sources = sourcesAfter(before)
        const generation = rebuilt(sources)
        const keys = changes.map((happening) => sources.happen(happening))
        const shown = numbersShown(generation)
        const staying = [...shown].filter((number) => sources.partsOf(number, DAY).doctor !== null)
        refreshed(generation, sources, keys, () => {
          for (const number of staying) assert.ok(numbersShown(generation).has(number), `${number} is in no row`)
        })
      }),
      { numRuns: 600 },
    )
  })

  test('that crashed after any write and is repeated ends as without the crash', () => {
    fc.assert(
      fc.property(HAPPENINGS, HAPPENING, fc.nat(40), fc.nat(5), (before, last, steps, choice) => {
        const sources = sourcesAfter(before)
        const generation = rebuilt(sources)
        const key = sources.happen(last)
        const cut = new Task(refresh([key], generation, sources, RULES))
        for (let i = 0; i < steps && !cut.done; i += 1) cut.advance(choice)
        generation.makeVisible()
        refreshed(generation, sources, [key])
        assert.deepEqual(generation.rows, sources.rebuild(DAY))
      }),
      { numRuns: 600 },
    )
  })
})

describe('a doctor that one trainee leaves and another joins in the same call', () => {
  const [ONE, TWO, THREE] = [aNumber('1111111'), aNumber('2222222'), aNumber('3333333')]
  const trainee = (personId: number, gmcNumber: string): Happening => ({
    in: 'tcs',
    personId,
    person: aPerson({ personId, gmcDetails: { gmcNumber } }),
  })
  const doctor: Happening = {
    in: 'gmc',
    storedId: TWO,
    document: { stored: aStoredDoctor({ storedId: TWO }), latest: null },
  }

  /** A crash after some steps; then the new trainee is gone, and both changes are redelivered. */
  function isLost(steps: number, choice: number, rules: Rules): boolean {
    const sources = sourcesAfter([doctor, trainee(1, ONE), trainee(2, TWO)])
    const generation = rebuilt(sources)
    const keys = [sources.happen(trainee(1, TWO)), sources.happen(trainee(2, THREE))]
    const cut = new Task(refresh(keys, generation, sources, rules))
    for (let i = 0; i < steps && !cut.done; i += 1) cut.advance(choice)
    generation.makeVisible()
    sources.happen({ in: 'tcs', personId: 1, person: null })
    refreshed(generation, sources, [personKey(1), personKey(2)])
    return !numbersShown(generation).has(TWO)
  }
  const crashes = [0, 1].flatMap((choice) => Array.from({ length: 40 }, (_, steps) => ({ steps, choice })))

  test('survives a crash after any write', () => {
    for (const { steps, choice } of crashes) assert.ok(!isLost(steps, choice, RULES), JSON.stringify({ steps, choice }))
  })

  test('is lost without a bridge, even in the order of `differences`', () => {
    assert.ok(crashes.some(({ steps, choice }) => isLost(steps, choice, { ...RULES, bridgesNumbers: false })))
  })
})
