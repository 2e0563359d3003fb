import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Consumer, Delivery, Queue, Route } from '../../../src/ports/broker.ts'
import { eventually, messageOf, textOf, within } from './inbox.ts'
import { queuesOf, type BrokerFactory, type BrokerPlace } from './place.ts'

type Mishap = 'giveBack' | 'stop' | 'throw'
/** What happens to a message, delivery by delivery, and how it ends. */
interface Fate {
  readonly mishaps: readonly Mishap[]
  readonly end: 'acknowledge' | 'deadLetter'
}

const FATE: fc.Arbitrary<Fate> = fc.record({
  mishaps: fc.array(fc.constantFrom<Mishap>('giveBack', 'stop', 'throw'), { maxLength: 3 }),
  end: fc.constantFrom('acknowledge', 'deadLetter'),
})

/** Milliseconds after which a failed delivery is redelivered; a handler fails three times at most. */
const PAUSE = 1_000

/** A receiver that meets every possible event, and consumes again each time it has stopped. */
class Receiver {
  readonly finished: Promise<null>
  readonly #place: Pick<BrokerPlace, 'broker' | 'passTime'>
  readonly #queue: Queue
  readonly #left: Map<string, { mishaps: Mishap[]; end: Fate['end'] }>
  readonly #finish: () => void
  readonly #fail: (error: unknown) => void
  #consumer: Consumer | null = null

  constructor(place: Pick<BrokerPlace, 'broker' | 'passTime'>, queue: Queue, fates: readonly Fate[]) {
    this.#place = place
    this.#queue = queue
    this.#left = new Map(fates.map(({ mishaps, end }, index) => [`${index}`, { mishaps: [...mishaps], end }]))
    const { promise, resolve, reject } = Promise.withResolvers<null>()
    this.finished = promise
    this.#finish = () => resolve(null)
    this.#fail = reject
  }

  async begin(): Promise<void> {
    const { broker, passTime } = this.#place
    const onTrouble = () => void passTime(PAUSE).catch(this.#fail)
    this.#consumer = await broker.consume(this.#queue, { prefetch: 3, onTrouble }, (each) => this.#receive(each))
  }

  async #receive(delivery: Delivery): Promise<void> {
    const text = String(textOf(delivery))
    const fate = this.#left.get(text)
    if (fate === undefined) {
      // It was ended before; brokers may deliver twice.
      await delivery.acknowledge()
      return
    }
    switch (fate.mishaps.shift()) {
      case 'giveBack':
        await delivery.giveBack()
        break
      case 'stop':
        await this.#consumer?.stop()
        await this.begin()
        break
      case 'throw':
        throw new Error('a mishap')
      case undefined:
        if (fate.end === 'acknowledge') await delivery.acknowledge()
        else await delivery.deadLetter('MESSAGE_HANDLER_FAILED', text)
        this.#left.delete(text)
        if (this.#left.size === 0) this.#finish()
    }
  }
}

/** The law of every broker: at least once, whatever happens to the receiver. */
export function losingNothing(factory: BrokerFactory, route: Route): void {
  test('whatever happens to its receivers, every message is redelivered until ended', async () => {
    const [queue] = queuesOf(route)
    const property = fc.asyncProperty(fc.array(FATE, { minLength: 1, maxLength: 8 }), async (fates) => {
      const place = await factory()
      const { broker, dispose } = place
      try {
        const receiver = new Receiver(place, queue, fates)
        await receiver.begin()
        for (const index of fates.keys()) await broker.publish(route, messageOf(`${index}`))
        await within(receiver.finished, 'every message to be ended')
        const left = await eventually(
          () => broker.depth(queue),
          ({ waiting, unacknowledged }) => waiting + unacknowledged === 0,
        )
        assert.partialDeepStrictEqual(left, { waiting: 0, unacknowledged: 0 })
        const dead = fates.flatMap(({ end }, index) => (end === 'deadLetter' ? [`${index}`] : []))
        const letters = await eventually(
          () => broker.deadLetters(queue, 100),
          ({ length }) => length >= dead.length,
        )
        assert.deepEqual(new Set(letters.map(textOf)), new Set(dead))
      } finally {
        await dispose()
      }
    })
    await fc.assert(property, { numRuns: 20 })
  })
}
