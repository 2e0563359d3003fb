import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { aNumber, aPerson, aStoredDoctor } from '../examples.ts'
import { Generation } from './generation.ts'
import { DAYS } from './happenings.ts'
import { numberKey, personKey } from './key.ts'
import { refresh } from './refresh.ts'
import { RULES, type Rules } from './rules.ts'
import { Sources, type Happening } from './sources.ts'
import { Task } from './work.ts'

const NUMBER = aNumber('1111111')
const [DAY] = DAYS

function person(surname: string | null): Happening {
  const is = surname === null ? null : aPerson({ personId: 1, surname, gmcDetails: { gmcNumber: NUMBER } })
  return { in: 'tcs', personId: 1, person: is }
}

type Writing = 'first' | 'second'

/** Two writers refresh one trainee at once; 'first' and 'second' are their steps, with changes in between. */
type Step = Writing | Happening

/** Runs the steps, then lets both writers finish after the last change. Returns whether the rows match the final sources. */
function endsRight(steps: readonly Step[], ending: readonly Writing[], rules: Rules): boolean {
  const sources = new Sources()
  sources.happen(person('A'))
  sources.happen({
    in: 'gmc',
    storedId: NUMBER,
    document: { stored: aStoredDoctor({ storedId: NUMBER }), latest: null },
  })
  const generation = Generation.of(DAY, sources.rebuild(DAY).values(), rules)
  const begin = (key: ReturnType<typeof personKey>) => new Task(refresh([key], generation, sources, rules))
  const writers = { first: begin(personKey(1)), second: begin(numberKey(NUMBER)) }
  for (const step of steps) {
    if (typeof step === 'string') {
      if (!writers[step].done) writers[step].advance(0)
    } else {
      sources.happen(step)
      if (writers.second.done) writers.second = begin(personKey(1))
    }
  }
  // The second one crashes, and the change is redelivered.
  writers.second = begin(personKey(1))
  for (const writer of [
    ...ending,
    ...Array<Writing>(MOST_STEPS).fill('second'),
    ...Array<Writing>(MOST_STEPS).fill('first'),
  ])
    if (!writers[writer].done) writers[writer].advance(0)
  return isDeepStrictEqual(generation.rows, sources.rebuild(DAY))
}

const MOST_STEPS = 40
const WRITERS = fc.constantFrom<Writing>('first', 'second')
const ENDING = fc.array(WRITERS, { maxLength: 20, size: 'max' })

/** Changes that never restore an earlier value. */
const FORWARD = fc
  .array(fc.oneof({ weight: 5, arbitrary: WRITERS }, fc.constant('changes' as const)), { maxLength: 40, size: 'max' })
  .map((steps) => steps.map((step, i): Step => (step === 'changes' ? person(`Name ${i}`) : step)))

describe('two writers at once', () => {
  test('end correctly if rows stay and no value returns', () => {
    fc.assert(
      fc.property(FORWARD, ENDING, (steps, ending) => endsRight(steps, ending, RULES)),
      { numRuns: 1500 },
    )
  })

  for (const rule of ['checksVersions', 'readsRowsFirst', 'startsOver'] as const) {
    test(`end wrongly without the rule ${rule}`, () => {
      const property = fc.property(FORWARD, ENDING, (steps, ending) =>
        endsRight(steps, ending, { ...RULES, [rule]: false }),
      )
      assert.ok(fc.check(property, { numRuns: 3000, seed: 7, endOnFailure: true }).failed)
    })
  }
})
