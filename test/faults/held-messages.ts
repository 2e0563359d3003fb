import { setImmediate as turn } from 'node:timers/promises'
import type { Broker, OutgoingMessage, Route } from '../../src/ports/broker.ts'
import type { Chance } from './chance.ts'

/** No more are held at a time: senders must still feel the limits of the broker. */
const MOST_HELD = 16
/** No message is overtaken by more later ones than this. */
const MOST_OVERTAKING = 12
/** All follow once nothing was sent for so many turns of the event loop. */
const IDLE_TURNS = 25

interface Held {
  readonly route: Route
  readonly message: OutgoingMessage
  /** How many messages have yet to overtake it. */
  overtaking: number
}

/** Messages that were accepted and not handed on, until others have overtaken them or the senders pause. */
export class HeldMessages {
  readonly #broker: Broker
  readonly #chance: Chance
  readonly #held = new Set<Held>()
  #idleTurns = 0
  #following: Promise<void> = Promise.resolve()
  #isFollowing = false
  #dropped = false

  constructor(broker: Broker, chance: Chance) {
    this.#broker = broker
    this.#chance = chance
  }

  /** Holds the message back and says so; false when there is no place for it. */
  hold(route: Route, { body, attributes }: OutgoingMessage): boolean {
    if (this.#dropped || this.#held.size >= MOST_HELD) return false
    const message = { body: new Uint8Array(body), attributes: { ...attributes } }
    this.#held.add({ route, message, overtaking: 1 + this.#chance.below(MOST_OVERTAKING) })
    if (!this.#isFollowing) {
      this.#following = this.#follow()
      // A caller of `settled` gets the failure; without a caller it is not an unhandled rejection.
      this.#following.catch(() => undefined)
    }
    return true
  }

  /** A message is being sent: it overtakes what is held. */
  overtake(): void {
    this.#idleTurns = 0
    for (const held of this.#held) held.overtaking -= 1
  }

  count(chosen: (route: Route) => boolean): number {
    return this.#held
      .values()
      .filter(({ route }) => chosen(route))
      .toArray().length
  }

  settled(): Promise<void> {
    return this.#following
  }

  drop(): void {
    this.#dropped = true
    this.#held.clear()
  }

  async #follow(): Promise<void> {
    this.#isFollowing = true
    try {
      while (this.#held.size > 0) {
        await turn()
        this.#idleTurns += 1
        await this.#handOnDue()
      }
    } finally {
      this.#isFollowing = false
    }
  }

  async #handOnDue(): Promise<void> {
    const due = [...this.#held].filter(({ overtaking }) => overtaking <= 0 || this.#idleTurns >= IDLE_TURNS)
    while (due.length > 0) {
      const [next] = due.splice(this.#chance.below(due.length), 1)
      if (next !== undefined) await this.#handOn(next)
    }
  }

  async #handOn(held: Held): Promise<void> {
    if (!this.#held.has(held)) return
    try {
      await this.#broker.publish(held.route, held.message)
    } catch (error) {
      // Closing a broker that forgets its messages refuses the one in flight.
      if (!this.#dropped) throw error
    }
    this.#held.delete(held)
  }
}
