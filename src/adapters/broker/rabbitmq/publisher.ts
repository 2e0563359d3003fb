import { randomUUID } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import type { Envelope, Publisher } from 'rabbitmq-client'
import { RevalError } from '../../../errors/reval-error.ts'
import { CLOSE_TIMEOUT_MS, withTimeout, type RabbitmqConnection } from './connection.ts'
import { closed } from './faults.ts'

/**
 * How long a message may be unconfirmed. A connection that is lost tells at once, one that fell silent by its heartbeat:
 * this is for a server that blocks publishing when the message is on its way already.
 */
const CONFIRM_TIMEOUT_MS = 30_000

/** Sends messages that the broker confirms, many of them in flight at a time, on one channel of the client's publisher. */
export class ConfirmedPublisher {
  readonly #connection: RabbitmqConnection
  readonly #publisher: Publisher
  readonly #onFailure: () => void
  /** The messages that the broker gave back, because no queue takes them. */
  readonly #returned = new Set<string>()
  #isClosed = false

  /** `onFailure` is called when a message is not accepted: its exchange or queue may have been deleted. */
  constructor(connection: RabbitmqConnection, onFailure: () => void) {
    this.#connection = connection
    this.#onFailure = onFailure
    this.#publisher = connection.client.createPublisher({ confirm: true })
    this.#publisher.on('basic.return', ({ messageId }) => this.#returned.add(messageId ?? ''))
  }

  /**
   * Resolves when the broker has the message in every queue it goes to. Rejects BROKER_FAILED, also when the broker gave
   * it back (unless `mandatory` is false) or is silent; or BROKER_CLOSED.
   */
  async send(envelope: Envelope, body: Buffer): Promise<void> {
    const { exchange, routingKey = '' } = envelope
    const where = exchange ? `exchange ${exchange} with key ${routingKey}` : `queue ${routingKey}`
    const doing = `publishing to ${where}`
    this.#connection.assertNotBlocked()
    const messageId = randomUUID()
    try {
      const sending = this.#publisher.send({ mandatory: true, ...envelope, messageId }, body)
      await withTimeout(sending, doing, CONFIRM_TIMEOUT_MS)
    } catch (error) {
      this.#onFailure()
      throw this.#isClosed ? closed() : this.#connection.faultOf(error, doing)
    }
    // What the broker gives back it confirms too, just after; the client tells of it one turn later.
    await turn()
    if (!this.#returned.delete(messageId)) return
    this.#onFailure()
    throw new RevalError('BROKER_FAILED', `${doing}: message is unroutable`)
  }

  /** What is not confirmed by then is rejected. */
  async close(): Promise<void> {
    this.#isClosed = true
    await withTimeout(this.#publisher.close(), 'closing a channel', CLOSE_TIMEOUT_MS).catch(() => undefined)
  }
}
