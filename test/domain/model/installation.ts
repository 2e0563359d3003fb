import type { Generation } from './generation.ts'
import type { Key } from './key.ts'
import type { Work } from './work.ts'

/** What outlives processes: the installation record, the aliases and the messages. */
export class Installation {
  live: Generation | null = null
  previous: Generation | null = null
  heldBack: Generation | null = null
  building: Generation | null = null
  /** Set before the aliases move, cleared once they were read back. */
  #promoting: Generation | null = null
  #names: Generation | null = null
  #waiting: Key[] = []
  #unacknowledged: Key[] = []

  /** The generations that are kept, live first. */
  get kept(): Generation[] {
    return [this.live, this.previous, this.heldBack].filter((generation) => generation !== null)
  }

  get hasMessages(): boolean {
    return this.#waiting.length + this.#unacknowledged.length > 0
  }

  announce(key: Key): void {
    this.#waiting.push(key)
  }

  /** Up to this many of the waiting messages, in any order. */
  deliver(count: number, choice: number): Key[] {
    const keys: Key[] = []
    while (keys.length < count && this.#waiting.length > 0) {
      keys.push(...this.#waiting.splice(choice % this.#waiting.length, 1))
    }
    this.#unacknowledged.push(...keys)
    return keys
  }

  acknowledge(): void {
    this.#unacknowledged = []
  }

  /** A new writer's first step: unacknowledged messages are redelivered, and a promotion is finished or abandoned. */
  recover(): void {
    this.#waiting.push(...this.#unacknowledged)
    this.#unacknowledged = []
    if (this.#promoting !== null && this.#promoting === this.#names) this.#finishPromotion(this.#promoting)
    this.#promoting = null
    this.building?.drop()
    this.building = null
  }

  *promote(generation: Generation): Work {
    this.#promoting = generation
    yield null
    this.#names = generation
    yield null
    this.#finishPromotion(generation)
  }

  holdBack(generation: Generation): void {
    this.heldBack?.drop()
    this.heldBack = generation
    this.building = null
  }

  /** An operator rolls back, or promotes the held-back generation. */
  undo(): void {
    if (this.#promoting !== null || this.previous === null) return
    ;[this.live, this.previous] = [this.previous, this.live]
    this.#names = this.live
  }

  promoteHeldBack(): void {
    if (this.#promoting !== null || this.heldBack === null) return
    const { heldBack } = this
    this.heldBack = null
    this.#names = heldBack
    this.#finishPromotion(heldBack)
  }

  #finishPromotion(generation: Generation): void {
    this.previous?.drop()
    this.previous = this.live
    this.live = generation
    if (this.building === generation) this.building = null
    this.#promoting = null
  }
}
