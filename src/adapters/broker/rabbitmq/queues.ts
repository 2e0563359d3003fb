import type { Channel } from 'rabbitmq-client'
import { asRevalError, RevalError } from '../../../errors/reval-error.ts'
import type { Queue, Route } from '../../../ports/broker.ts'
import { bindingKey } from '../topology.ts'
import {
  bindQueue,
  declareExchange,
  declareOrTakeOlder,
  declareQueue,
  described,
  findExchange,
  findQueue,
} from './declaring.ts'
import { brokerFault } from './faults.ts'
import { inTime } from './in-time.ts'
import type { Link } from './link.ts'
import { declarationsOf, type DeclaringOptions } from './queue-arguments.ts'

export interface QueuesOptions extends DeclaringOptions {
  readonly link: Link
  readonly mode: 'declare' | 'passive'
}

interface Prepared {
  /** Why the queue's own retry and dead letter queues are not there; null where they are. */
  readonly lacking: RevalError | null
}

/**
 * What is at the server. Exchange, queues and bindings are declared, or looked for, when they are needed first, so that
 * a service needs only its own; and again after a failure and after the connection was lost.
 */
export class Queues {
  readonly #options: QueuesOptions
  readonly #prepared = new Map<Queue, Promise<Prepared>>()
  #asking: Promise<Channel> | null = null

  constructor(options: QueuesOptions) {
    this.#options = options
    options.link.onChange(() => this.forget())
  }

  /** What was there may be there no more. */
  forget(): void {
    this.#prepared.clear()
  }

  /** Makes sure that messages of a route get somewhere. Rejects QUEUE_MISSING, QUEUE_DIFFERS and what a server does. */
  async prepareRoute(route: Route): Promise<void> {
    const { queues } = this.#options.topology.routes[route]
    await Promise.all(queues.map((queue) => this.#prepare(queue)))
  }

  /** Makes sure that messages of a queue can be taken, given back and put aside. Rejects as `prepareRoute` does. */
  async prepareQueue(queue: Queue): Promise<void> {
    const { lacking } = await this.#prepare(queue)
    if (lacking !== null) throw lacking
  }

  /** How many messages wait in a queue, those that come again later among them. */
  async waiting(queue: Queue): Promise<number> {
    const { topology } = this.#options
    const { lacking } = await this.#prepare(queue)
    const { main, retry } = this.#declarations(queue)
    const channel = await this.#askingChannel()
    const looks = [findQueue(channel, main.queue, described(topology.queues[queue], queue))]
    if (lacking === null) looks.push(findQueue(channel, retry.queue, `queue ${retry.queue}`))
    try {
      const found = await inTime(Promise.all(looks), `counting the messages of ${main.queue}`)
      return found.reduce((sum, { messageCount }) => sum + messageCount, 0)
    } catch (error) {
      this.#prepared.delete(queue)
      throw error
    }
  }

  /** Asks the server something that changes nothing, to see whether it answers. */
  async probe(): Promise<void> {
    const channel = await this.#askingChannel()
    try {
      await inTime(channel.basicQos({ prefetchCount: 1 }), 'pinging RabbitMQ')
    } catch (error) {
      throw brokerFault(error, 'pinging RabbitMQ')
    }
  }

  async close(): Promise<void> {
    const asking = this.#asking
    if (asking === null) return
    const [channel] = await Promise.allSettled([asking])
    if (channel.status === 'fulfilled') await this.#options.link.release(channel.value)
  }

  #declarations(queue: Queue) {
    return declarationsOf(queue, this.#options)
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

  async #declare(queue: Queue): Promise<Prepared> {
    const { link, topology } = this.#options
    const { main, deadLetters, retry } = this.#declarations(queue)
    const key = bindingKey(topology, queue)
    await link.withChannel(`declaring queue ${main.queue}`, async (channel) => {
      await declareExchange(channel, topology.exchange)
      // First where its messages are moved to: the broker drops what has nowhere to go.
      await declareQueue(channel, deadLetters)
    })
    await declareOrTakeOlder(link, main)
    await link.withChannel(`declaring queue ${retry.queue}`, async (channel) => {
      await declareQueue(channel, retry)
      if (key !== null) await bindQueue(channel, main.queue, topology.exchange, key)
    })
    return { lacking: null }
  }

  async #find(queue: Queue): Promise<Prepared> {
    const { link, topology } = this.#options
    const { main, deadLetters, retry } = this.#declarations(queue)
    await link.withChannel(`looking for queue ${main.queue}`, async (channel) => {
      await findExchange(channel, topology.exchange)
      await findQueue(channel, main.queue, described(main.queue, queue))
    })
    try {
      for (const own of [deadLetters, retry]) await this.#declareWhereMissing(own)
      return { lacking: null }
    } catch (error) {
      const coded = asRevalError(error)
      if (coded.transient) throw coded
      const message = `queues ${deadLetters.queue} and ${retry.queue} do not exist and cannot be declared: ${coded.message}`
      return { lacking: new RevalError('QUEUE_MISSING', message, { cause: error }) }
    }
  }

  /** Nobody else has queues of these names; whatever one has that is there, it is taken as it is. */
  async #declareWhereMissing(own: { readonly queue: string }): Promise<void> {
    const { link } = this.#options
    const doing = `looking for queue ${own.queue}`
    try {
      await link.withChannel(doing, (channel) => findQueue(channel, own.queue, `queue ${own.queue}`))
    } catch (error) {
      if (!(error instanceof RevalError) || error.code !== 'QUEUE_MISSING') throw error
      await link.withChannel(`declaring queue ${own.queue}`, (channel) => declareQueue(channel, own))
    }
  }

  /** One channel for all that is asked often. A question about a queue that is gone closes it: then there is another. */
  async #askingChannel(): Promise<Channel> {
    const asking = this.#asking ?? this.#options.link.channel('counting waiting messages')
    this.#asking = asking
    try {
      const channel = await asking
      if (channel.active) return channel
    } catch (error) {
      if (this.#asking === asking) this.#asking = null
      throw error
    }
    if (this.#asking === asking) this.#asking = null
    return this.#askingChannel()
  }
}
