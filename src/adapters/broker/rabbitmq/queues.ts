import { asRevalError, RevalError } from '../../../errors/reval-error.ts'
import { ANNOUNCEMENTS, type DeadLetter, type Queue, type Route } from '../../../ports/broker.ts'
import { bindingKey, deadLetterName } from '../topology.ts'
import type { RabbitmqConnection } from './connection.ts'
import { readDeadLetters, removeDeadLetters, visitDeadLetters } from './dead-letters.ts'
import { bindQueue, declareExchange, declareQueue, described, findExchange, findQueue } from './declaring.ts'
import { declarationsOf, type DeclaringOptions } from './queue-arguments.ts'

export interface QueuesOptions extends DeclaringOptions {
  readonly connection: RabbitmqConnection
  readonly mode: 'declare' | 'passive'
}

interface Prepared {
  /** Why the queue's dead letter queue is not there; null where it is. */
  readonly lacking: RevalError | null
}

/**
 * What is at the server. Exchange, queues and bindings are declared, or looked for, when they are needed first, so that
 * a service needs only its own; and again after a failure and after the connection was lost.
 */
export class Queues {
  readonly #options: QueuesOptions
  readonly #prepared = new Map<Queue, Promise<Prepared>>()
  #exchange: Promise<void> | null = null
  #reading: Promise<unknown> = Promise.resolve()

  constructor(options: QueuesOptions) {
    this.#options = options
    // Such as a lost connection.
    options.connection.client.on('error', () => this.forget())
  }

  /** What was there may be there no more. */
  forget(): void {
    this.#prepared.clear()
    this.#exchange = null
  }

  /**
   * Makes sure that messages of a route get somewhere: announcements as far as the exchange. Rejects QUEUE_MISSING,
   * QUEUE_DIFFERS and what a server does.
   */
  async prepareRoute(route: Route): Promise<void> {
    if (ANNOUNCEMENTS.includes(route)) {
      await this.#prepareExchange()
      return
    }
    const { queues } = this.#options.topology.routes[route]
    await Promise.all(queues.map((queue) => this.#prepare(queue)))
  }

  /** Makes sure that messages of a queue can be taken and put aside. Rejects as `prepareRoute` does. */
  async prepareQueue(queue: Queue): Promise<void> {
    const { lacking } = await this.#prepare(queue)
    if (lacking !== null) throw lacking
  }

  /** How many messages are ready in a queue, and how many consumers it has. */
  async counts(queue: Queue): Promise<{ readonly waiting: number; readonly consumers: number }> {
    await this.#prepare(queue)
    const name = this.#options.topology.queues[queue]
    try {
      const { messageCount, consumerCount } = await this.#options.connection.withChannel(
        `counting the messages of ${name}`,
        (channel) => findQueue(channel, name, described(name, queue)),
      )
      return { waiting: messageCount, consumers: consumerCount }
    } catch (error) {
      this.#prepared.delete(queue)
      throw error
    }
  }

  async countDeadLetters(queue: Queue): Promise<number> {
    await this.prepareQueue(queue)
    // While a reader of this process has them, the queue does not count them.
    await this.#reading
    const { connection, topology } = this.#options
    const name = deadLetterName(topology, queue)
    const { messageCount } = await connection.withChannel(`counting the messages of ${name}`, (channel) =>
      findQueue(channel, name, `queue ${name}`),
    )
    return messageCount
  }

  async deadLetters(queue: Queue, limit: number): Promise<readonly DeadLetter[]> {
    return this.#withDeadLetters(queue, (connection, name) => readDeadLetters(connection, name, limit))
  }

  async eachDeadLetter(queue: Queue, visit: (letter: DeadLetter) => void): Promise<void> {
    return this.#withDeadLetters(queue, (connection, name) => visitDeadLetters(connection, name, visit))
  }

  async removeDeadLetters(queue: Queue, ids: readonly string[]): Promise<number> {
    return this.#withDeadLetters(queue, (connection, name) => removeDeadLetters(connection, name, ids))
  }

  /** One after the other: two readers would hide letters from each other. */
  async #withDeadLetters<T>(
    queue: Queue,
    work: (connection: RabbitmqConnection, name: string) => Promise<T>,
  ): Promise<T> {
    await this.prepareQueue(queue)
    const { connection, topology } = this.#options
    const working = this.#reading.then(() => work(connection, deadLetterName(topology, queue)))
    this.#reading = working.catch(() => undefined)
    return working
  }

  async #prepare(queue: Queue): Promise<Prepared> {
    const known = this.#prepared.get(queue)
    if (known !== undefined) return known
    const preparing = this.#options.mode === 'declare' ? this.#declare(queue) : this.#find(queue)
    this.#prepared.set(queue, preparing)
    try {
      return await preparing
    } catch (error) {
      if (this.#prepared.get(queue) === preparing) this.#prepared.delete(queue)
      throw error
    }
  }

  async #prepareExchange(): Promise<void> {
    const { connection, topology, mode } = this.#options
    const prepare = mode === 'declare' ? declareExchange : findExchange
    const preparing = (this.#exchange ??= connection.withChannel(`preparing exchange ${topology.exchange}`, (channel) =>
      prepare(channel, topology.exchange),
    ))
    try {
      await preparing
    } catch (error) {
      if (this.#exchange === preparing) this.#exchange = null
      throw error
    }
  }

  async #declare(queue: Queue): Promise<Prepared> {
    const { connection, topology } = this.#options
    const { main, deadLetters } = declarationsOf(queue, this.#options)
    await connection.withChannel(`declaring queue ${main.queue}`, async (channel) => {
      await declareExchange(channel, topology.exchange)
      // First where its messages are moved to: the broker drops what has nowhere to go.
      await declareQueue(channel, deadLetters)
      await declareQueue(channel, main)
      await bindQueue(channel, main.queue, topology.exchange, bindingKey(topology, queue) ?? '')
    })
    return { lacking: null }
  }

  async #find(queue: Queue): Promise<Prepared> {
    const { connection, topology } = this.#options
    const { main, deadLetters } = declarationsOf(queue, this.#options)
    await connection.withChannel(`looking for queue ${main.queue}`, async (channel) => {
      await findExchange(channel, topology.exchange)
      await findQueue(channel, main.queue, described(main.queue, queue))
    })
    try {
      await this.#declareWhereMissing(deadLetters)
      return { lacking: null }
    } catch (error) {
      const coded = asRevalError(error)
      if (coded.transient) throw coded
      const message = `queue ${deadLetters.queue} does not exist and cannot be declared: ${coded.message}`
      return { lacking: new RevalError('QUEUE_MISSING', message, { cause: error }) }
    }
  }

  /** Only ours have queues of these names; whatever one has that is there, it is taken as it is. */
  async #declareWhereMissing(own: { readonly queue: string }): Promise<void> {
    const { connection } = this.#options
    const what = `queue ${own.queue}`
    try {
      await connection.withChannel(`looking for ${what}`, (channel) => findQueue(channel, own.queue, what))
    } catch (error) {
      if (!(error instanceof RevalError) || error.code !== 'QUEUE_MISSING') throw error
      await connection.withChannel(`declaring ${what}`, (channel) => declareQueue(channel, own))
    }
  }
}
