import { randomUUID } from 'node:crypto'
import type { Channel, Envelope } from 'rabbitmq-client'
import { RevalError } from '../../../errors/reval-error.ts'
import { brokerFault, closed } from './faults.ts'
import { ANSWER_TIMEOUT_MS, inTime } from './in-time.ts'
import type { Link } from './link.ts'

/** How long closing waits for what was sent and not confirmed. */
const LAST_CONFIRMS_MS = 2_000

interface Sent {
  /** The broker gave it back: no queue takes it. */
  returned: boolean
  readonly settle: (error?: RevalError) => void
}

/** A channel on which every message is confirmed by the broker, many of them under way at a time. */
export class ConfirmedChannel {
  readonly #link: Link
  readonly #doing: string
  readonly #onUnroutable: () => void
  readonly #identity = randomUUID()
  readonly #sent = new Map<string, Sent>()
  #channel: Promise<Channel> | null = null
  #count = 0
  #watch: NodeJS.Timeout | null = null
  #allSettled: (() => void)[] = []
  #closed = false

  /** `onUnroutable` is told when no queue takes a message any more. */
  constructor(link: Link, doing: string, onUnroutable: () => void) {
    this.#link = link
    this.#doing = doing
    this.#onUnroutable = onUnroutable
  }

  /** The channel, for `send`, opened where it is not. Rejects as `Link.channel` does. */
  async ready(): Promise<Channel> {
    if (this.#closed) throw closed()
    const opening = this.#channel ?? this.#open()
    this.#channel = opening
    try {
      const channel = await opening
      if (channel.active) return channel
    } catch (error) {
      if (this.#channel === opening) this.#channel = null
      throw error
    }
    if (this.#channel === opening) this.#channel = null
    return this.ready()
  }

  /**
   * Sends at once, after everything that was sent before on this channel. Resolves when the broker has the message in
   * every queue it goes to. Rejects BROKER_FAILED, also when the broker gave it back or is silent; or BROKER_CLOSED.
   */
  send(channel: Channel, envelope: Envelope, body: Buffer): Promise<void> {
    const messageId = `${this.#identity}-${++this.#count}`
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    const sent: Sent = {
      returned: false,
      settle: (error) => {
        if (!this.#sent.delete(messageId)) return
        this.#progress()
        if (error === undefined) resolve(undefined)
        else reject(error)
      },
    }
    this.#sent.set(messageId, sent)
    this.#watch ??= setTimeout(() => this.#giveUp(), ANSWER_TIMEOUT_MS)
    channel.basicPublish({ ...envelope, messageId, mandatory: true }, body).then(
      // What the broker gives back it confirms too, just after; the client tells of it one turn later.
      () => setImmediate(() => sent.settle(sent.returned ? this.#unroutable(envelope) : undefined)),
      (error: unknown) => sent.settle(brokerFault(error, this.#doing)),
    )
    return promise
  }

  /** Resolves when everything that was sent is confirmed or failed. */
  async settled(): Promise<void> {
    if (this.#sent.size === 0) return
    await new Promise<void>((resolve) => this.#allSettled.push(resolve))
  }

  /** Waits a moment for what is not confirmed, then gives it up. */
  async close(): Promise<void> {
    this.#closed = true
    await inTime(this.settled(), this.#doing, LAST_CONFIRMS_MS).catch(() => this.#failAll(closed()))
    await this.#abandon()
  }

  async #open(): Promise<Channel> {
    const channel = await this.#link.channel(this.#doing)
    channel.on('basic.return', ({ messageId }) => {
      const sent = this.#sent.get(messageId ?? '')
      if (sent) sent.returned = true
    })
    try {
      await inTime(channel.confirmSelect(), this.#doing)
    } catch (error) {
      await this.#link.release(channel)
      throw brokerFault(error, this.#doing)
    }
    return channel
  }

  #unroutable({ exchange, routingKey }: Envelope): RevalError {
    this.#onUnroutable()
    const where = exchange ? `exchange ${exchange} with key ${routingKey ?? ''}` : `queue ${routingKey ?? ''}`
    return new RevalError('BROKER_FAILED', `${this.#doing}: message is unroutable (${where})`)
  }

  /** As long as confirms come, a broker is slow and not away. */
  #progress(): void {
    if (this.#sent.size > 0) {
      this.#watch?.refresh()
      return
    }
    if (this.#watch) clearTimeout(this.#watch)
    this.#watch = null
    for (const resolve of this.#allSettled.splice(0)) resolve()
  }

  #giveUp(): void {
    const message = `${this.#doing}: RabbitMQ confirmed nothing for ${ANSWER_TIMEOUT_MS / 1_000} s; messages may have arrived nevertheless`
    this.#failAll(new RevalError('BROKER_FAILED', message, { transient: true }))
    void this.#abandon()
  }

  #failAll(error: RevalError): void {
    for (const { settle } of this.#sent.values()) settle(error)
  }

  async #abandon(): Promise<void> {
    const opened = this.#channel
    this.#channel = null
    if (opened === null) return
    const [channel] = await Promise.allSettled([opened])
    if (channel.status === 'fulfilled') await this.#link.release(channel.value)
  }
}
