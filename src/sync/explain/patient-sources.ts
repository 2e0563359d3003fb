import type { GmcNumber } from '../../domain/gmc-number.ts'
import type { Clock } from '../../ports/clock.ts'
import type { KeyedSources } from '../refresh/source-reading.ts'
import { askedInTime, known, type Known } from './known.ts'

/** The sources, by the words of an explanation. */
export const SOURCES = ['TCS', 'GMC', 'exception reasons'] as const
export type SourceName = (typeof SOURCES)[number]

/** Sources in which an unreadable source appears empty and is not asked again. `areAllKnown` tells afterwards. */
export class PatientSources implements KeyedSources {
  readonly trainees: KeyedSources['trainees']
  readonly doctors: KeyedSources['doctors']
  readonly exceptions: KeyedSources['exceptions']
  readonly #clock: Clock
  readonly #faults = new Map<SourceName, Known<never>>()

  constructor(clock: Clock, { trainees, doctors, exceptions }: KeyedSources) {
    this.#clock = clock
    this.trainees = { recordsOf: (keys) => this.#ask('TCS', () => trainees.recordsOf(keys), []) }
    this.doctors = { recordsOf: (keys) => this.#ask('GMC', () => doctors.recordsOf(keys), []) }
    const none: ReadonlyMap<GmcNumber, string> = new Map()
    this.exceptions = {
      reasonsOf: (numbers) => this.#ask('exception reasons', () => exceptions.reasonsOf(numbers), none),
    }
  }

  /** Whether every source answered every question. */
  get areAllKnown(): boolean {
    return this.#faults.size === 0
  }

  /** What a source answered, unless it could not be read. */
  answerOf<T>(source: SourceName, answer: T): Known<T> {
    return this.#faults.get(source) ?? known(answer)
  }

  async #ask<T>(source: SourceName, ask: () => Promise<T>, nothing: T): Promise<T> {
    if (this.#faults.has(source)) return nothing
    const answer = await askedInTime(this.#clock, ask)
    if (answer.isKnown) return answer.value
    this.#faults.set(source, answer)
    return nothing
  }
}
