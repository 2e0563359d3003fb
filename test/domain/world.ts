import fc from 'fast-check'
import type { Change } from '../../src/domain/changes.ts'
import type { Doctor, GmcOutcome } from '../../src/domain/doctor.ts'
import { gmcNumber, type GmcNumber } from '../../src/domain/gmc-number.ts'
import { textOrNull } from '../../src/domain/text.ts'
import type { Trainee } from '../../src/domain/trainee.ts'
import { aDoctor, aNumber, aTrainee } from './examples.ts'
import { MemoryGeneration } from './generation.ts'

/** Something that happens in a source of a small world; null is a deletion. Small, so that keys and numbers collide. */
export type Happening =
  | {
      readonly in: 'tcs'
      readonly person: number
      readonly is: { readonly number: string | null; readonly name: string } | null
    }
  | {
      readonly in: 'gmc'
      readonly id: string
      readonly is: { readonly name: string; readonly body: string | null; readonly outcome: GmcOutcome | null } | null
    }
  | { readonly in: 'exceptions'; readonly number: GmcNumber; readonly reason: string | null }

const ONE = aNumber('1111111')
const TWO = aNumber('2222222')
const NAMES = fc.constantFrom('A', 'B', 'C')

export const HAPPENING: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      in: fc.constant('tcs' as const),
      person: fc.constantFrom(1, 2, 3),
      is: fc.option(
        fc.record({
          number: fc.oneof(
            { weight: 4, arbitrary: fc.constantFrom<string>(ONE, TWO) },
            { weight: 1, arbitrary: fc.constantFrom(null, 'UNKNOWN', '1111111 (old)') },
          ),
          name: NAMES,
        }),
        { freq: 4 },
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      in: fc.constant('gmc' as const),
      // Padded ids, and one that is no number.
      id: fc.constantFrom(ONE, TWO, ` ${ONE}`, '\u00a02222222', 'UNKNOWN'),
      is: fc.option(
        fc.record({
          name: NAMES,
          body: fc.constantFrom(null, '1-1RSSQ1B'),
          outcome: fc.constantFrom(null, 'Approved' as const, 'Rejected' as const),
        }),
        { freq: 3 },
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      in: fc.constant('exceptions' as const),
      number: fc.constantFrom(ONE, TWO),
      reason: fc.constantFrom(null, 'Missing body', ' Untrimmed ', ' '),
    }),
  },
)

export interface SourceDoctor {
  readonly doctor: Doctor
  readonly outcome: GmcOutcome | null
}

/** The sources of the small world. Each happening in them gives the changes that tell of it, in order. */
export class World {
  readonly trainees = new Map<number, Trainee>()
  readonly doctors = new Map<string, SourceDoctor>()
  readonly reasons = new Map<GmcNumber, string>()
  #order = 0

  nextOrder(): number {
    return ++this.#order
  }

  happen(happening: Happening): Change[] {
    switch (happening.in) {
      case 'tcs':
        return [this.#traineeChange(happening.person, happening.is)]
      case 'gmc':
        return this.#doctorChanges(happening)
      case 'exceptions': {
        const { number, reason } = happening
        if (reason === null) this.reasons.delete(number)
        else this.reasons.set(number, reason)
        return [{ kind: 'reason', order: this.nextOrder(), number, reason }]
      }
    }
  }

  #traineeChange(tcsPersonId: number, is: Extract<Happening, { in: 'tcs' }>['is']): Change {
    const trainee = is && aTrainee({ tcsPersonId, gmcReferenceNumber: is.number, doctorFirstName: is.name })
    if (trainee === null) this.trainees.delete(tcsPersonId)
    else this.trainees.set(tcsPersonId, trainee)
    return { kind: 'trainee', order: this.nextOrder(), tcsPersonId, trainee }
  }

  /**
   * A doctor of a number that another `_id` has takes its place: two that trim to one number both fail. A deletion is
   * a hint to read the number afresh, and tells of the document that still has it.
   */
  #doctorChanges({ id, is }: Extract<Happening, { in: 'gmc' }>): Change[] {
    const others = [...this.doctors.keys()].filter((other) => other !== id && other.trim() === id.trim())
    if (is === null)
      return others.length === 0 ? [this.#doctorDeletion(id)] : others.map((other) => this.#doctorIs(other))
    const doctor = aDoctor({ gmcReferenceNumber: id, doctorLastName: is.name, designatedBodyCode: is.body })
    this.doctors.set(id, { doctor, outcome: is.outcome })
    return [...others.map((other) => this.#doctorDeletion(other)), this.#doctorIs(id)]
  }

  #doctorIs(storedId: string): Change {
    const { doctor = null, outcome = null } = this.doctors.get(storedId) ?? {}
    return { kind: 'doctor', order: this.nextOrder(), storedId, doctor, outcome }
  }

  #doctorDeletion(storedId: string): Change {
    this.doctors.delete(storedId)
    return { kind: 'doctor', order: this.nextOrder(), storedId, doctor: null, outcome: null }
  }

  /** The reason of a number, read afresh, as the change that brings it. */
  reasonChange(number: GmcNumber): Change {
    return { kind: 'reason', order: this.nextOrder(), number, reason: this.reasons.get(number) ?? null }
  }

  /** The numbers that have a doctor. */
  numbersWithDoctor(): Set<GmcNumber> {
    return new Set([...this.doctors.keys()].map(gmcNumber).filter((number) => number !== null))
  }

  /** A generation filled from the sources as they are now, by snapshots alone. */
  rebuild(): MemoryGeneration {
    const generation = new MemoryGeneration()
    for (const trainee of this.trainees.values()) generation.snapshotTrainee(trainee)
    generation.makeVisible()
    for (const { doctor, outcome } of this.doctors.values()) generation.snapshotDoctor(doctor, outcome)
    generation.makeVisible()
    for (const [number, reason] of this.reasons)
      if (textOrNull(reason) !== null) generation.snapshotReason(number, reason)
    generation.makeVisible()
    return generation
  }
}
