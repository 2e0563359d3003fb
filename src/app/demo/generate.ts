import { RevalError } from '../../errors/reval-error.ts'
import type { SourceTable, SourceTables } from '../../ports/source-filling.ts'
import { doctorRows } from './doctor-rows.ts'
import { MOST_DOCTORS, numberBook, type NumberBook } from './gmc-numbers.ts'
import { memberships } from './memberships.ts'
import { personCount, persons } from './persons.ts'
import { placements } from './placements.ts'
import { programmeCount, programmes } from './programmes.ts'
import { Draws } from './random.ts'

export interface DemoOptions {
  /** How many documents `doctorsForDB` gets, from 1 to `MOST_DOCTORS`; everything else follows from it. */
  readonly doctors: number
  /** Any whole number that is safe in JavaScript. The same seed and number of doctors always give the same rows. */
  readonly seed: number
}

/** Rows of one table. */
export interface BatchOf<T extends SourceTable> {
  readonly table: T
  readonly rows: readonly SourceTables[T][]
}
export type DemoBatch = { readonly [T in SourceTable]: BatchOf<T> }[SourceTable]

/** Persons or doctors per batch: about a thousand rows in the longest one. */
const STEP = 500

/**
 * Sources of any size, in batches, in memory that does not grow with them: as varied as the sample the rules are tested
 * on, oddities included, with the same shares. From 2,000 doctors on none of them is missing. Nothing
 * breaks a rule between rows: keys are unique and references are good.
 * Throws RevalError USAGE for options that are none.
 */
export function generate(options: DemoOptions): Iterable<DemoBatch> {
  const { doctors, seed } = options
  if (!Number.isInteger(doctors) || doctors < 1 || doctors > MOST_DOCTORS) {
    throw new RevalError('USAGE', `expected a number of doctors from 1 to ${MOST_DOCTORS}, got ${doctors}`)
  }
  if (!Number.isSafeInteger(seed)) throw new RevalError('USAGE', `expected a whole number as seed, got ${seed}`)
  return {
    *[Symbol.iterator]() {
      for (const batch of allBatches(options)) if (batch.rows.length > 0) yield batch
    },
  }
}

function* allBatches(options: DemoOptions): Generator<DemoBatch, void, undefined> {
  const book = numberBook(options.seed)
  yield* programmeBatches(options)
  yield* personBatches(options, book)
  yield* doctorBatches(options, book)
}

function* programmeBatches({ doctors, seed }: DemoOptions): Generator<DemoBatch, void, undefined> {
  const programme = programmes(seed)
  for (const indexes of steps(programmeCount(doctors))) {
    yield { table: 'Programme', rows: indexes.map((index) => programme(index + 1)) }
  }
}

function* personBatches({ doctors, seed }: DemoOptions, book: NumberBook): Generator<DemoBatch, void, undefined> {
  const person = persons(seed, book)
  const placementsOf = placements(seed)
  const membershipsOf = memberships(seed, programmeCount(doctors))
  const order = new Draws(seed, 'order of ContactDetails')
  for (const indexes of steps(personCount(doctors))) {
    const people = indexes.map(person)
    const held = people.map(({ person: { id } }) => membershipsOf(id))
    const contacts = people.map((each) => each.contact)
    // Nothing may rely on the order of a table.
    order.shuffle(contacts)
    yield { table: 'ContactDetails', rows: contacts }
    yield { table: 'GmcDetails', rows: people.flatMap((each) => each.gmcDetails ?? []) }
    yield { table: 'Person', rows: people.map((each) => each.person) }
    yield { table: 'ProgrammeMembership', rows: held.flatMap((each) => each.memberships) }
    yield { table: 'CurriculumMembership', rows: held.flatMap((each) => each.curricula) }
    yield { table: 'Placement', rows: people.flatMap(({ person: { id } }) => placementsOf(id)) }
  }
}

function* doctorBatches({ doctors, seed }: DemoOptions, book: NumberBook): Generator<DemoBatch, void, undefined> {
  const rowsAt = doctorRows(seed, doctors, book)
  for (const positions of steps(doctors)) {
    const found = positions.map(rowsAt)
    yield { table: 'doctorsForDB', rows: found.map((each) => each.doctor) }
    yield { table: 'recommendation', rows: found.flatMap((each) => each.recommendations) }
    yield { table: 'exceptionLogs', rows: found.flatMap((each) => each.reasons) }
  }
}

/** The numbers from 0 to `count` - 1, a step at a time. */
function* steps(count: number): Generator<number[], void, undefined> {
  for (let first = 0; first < count; first += STEP) {
    yield Array.from({ length: Math.min(STEP, count - first) }, (_, offset) => first + offset)
  }
}
