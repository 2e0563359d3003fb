import { setTimeout as pause } from 'node:timers/promises'
import { routeToBrokers } from '../../../src/adapters/broker/routing-broker.ts'
import { openRabbitmqBroker } from '../../../src/adapters/broker/rabbitmq/open.ts'
import { openSqsBroker } from '../../../src/adapters/broker/sqs/open.ts'
import { brokerOptions } from '../../../src/app/server-backends.ts'
import { readConfig } from '../../../src/config/config.ts'
import { environment } from '../../../src/config/read-settings.ts'
import { encodeJson } from '../../../src/messages/json.ts'
import type { Broker } from '../../../src/ports/broker.ts'
import { Chance } from '../../faults/chance.ts'
import { SourceChanges, type Hint } from './source-changes.ts'

export interface FlowOptions {
  readonly seed: number
  readonly perSecond: number
  /** How often each hint is sent. */
  readonly copies?: number
  /** Hints that are held back so that later ones overtake them. */
  readonly heldBack?: number
}

/** A server that is away longer than this is a fault of the test. */
const LONGEST_MS = 90_000
const PAUSE_MS = 100

/**
 * Changes the sources, and then announces each change on the real queues, for as long as it is wanted. What a server that
 * is away refuses is tried again: no change that was made stays unannounced.
 */
export class ChangeFlow {
  /** Hints that were accepted by their queues. */
  published = 0
  readonly #options: FlowOptions
  readonly #sources: SourceChanges
  readonly #broker: Broker
  readonly #chance: Chance
  readonly #held: Hint[] = []
  readonly #stopping = new AbortController()
  readonly #flowing: Promise<void>

  private constructor(sources: SourceChanges, broker: Broker, options: FlowOptions) {
    this.#options = options
    this.#sources = sources
    this.#broker = broker
    this.#chance = new Chance(options.seed)
    this.#flowing = this.#flow()
    // Awaited when it is stopped.
    this.#flowing.catch(() => undefined)
  }

  /** Begins at once. `settings` lead to the servers themselves. */
  static async start(settings: Readonly<Record<string, string>>, options: FlowOptions): Promise<ChangeFlow> {
    const all = { ...environment(), ...settings }
    const config = readConfig(all)
    const sources = await SourceChanges.open(all, options.seed)
    const broker = routeToBrokers([
      {
        broker: await openRabbitmqBroker(brokerOptions(config)),
        routes: ['traineeChanged'],
        queues: ['traineeChanged'],
      },
      {
        broker: await openSqsBroker(brokerOptions(config)),
        routes: ['doctorChanged', 'recommendationChanged'],
        queues: ['doctorChanged', 'recommendationChanged'],
      },
    ])
    return new ChangeFlow(sources, broker, options)
  }

  /** Resolves once so many more hints are published. */
  async more(count: number): Promise<void> {
    const wanted = this.published + count
    while (this.published < wanted) {
      await Promise.race([this.#flowing, pause(20)])
      this.#stopping.signal.throwIfAborted()
    }
  }

  /** Announces what was changed, and closes. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the flow of changes was stopped'))
    try {
      await this.#flowing
    } finally {
      await this.#broker.close()
      await this.#sources.close()
    }
  }

  async #flow(): Promise<void> {
    const { perSecond, copies = 1, heldBack = 0 } = this.#options
    const isStopping = () => this.#stopping.signal.aborted
    while (!isStopping()) {
      const { make, hints } = this.#sources.next()
      await untilDone(make)
      for (const hint of hints) for (let copy = 0; copy < copies; copy += 1) this.#held.push(hint)
      while (this.#held.length > heldBack) await this.#publishOne()
      await pause(1_000 / perSecond, undefined, { signal: this.#stopping.signal }).catch(() => undefined)
    }
    while (this.#held.length > 0) await this.#publishOne()
  }

  /** Any of those that are held. */
  async #publishOne(): Promise<void> {
    const [hint] = this.#held.splice(
      this.#options.heldBack === undefined ? 0 : this.#chance.below(this.#held.length),
      1,
    )
    if (hint === undefined) return
    await untilDone(() => this.#broker.publish(hint.route, { body: encodeJson(hint.body), attributes: {} }))
    this.published += 1
  }
}

async function untilDone(action: () => Promise<unknown>): Promise<void> {
  const began = performance.now()
  for (;;) {
    try {
      await action()
      return
    } catch (error) {
      if (performance.now() - began > LONGEST_MS) throw error
      await pause(PAUSE_MS)
    }
  }
}
