import { setTimeout as pause } from 'node:timers/promises'
import type { Envelope } from 'rabbitmq-client'
import { asRevalError, type RevalError } from '../../../errors/reval-error.ts'
import type { OutgoingMessage } from '../../../ports/broker.ts'
import type { ConfirmedChannel } from './confirmed-channel.ts'
import { bufferOf, envelopeOf } from './message.ts'

const FIRST_LOOK_MS = 20
const LAST_LOOK_MS = 200

export interface SendingLineOptions {
  readonly channel: ConfirmedChannel
  /** Exchange and key. */
  readonly destination: Pick<Envelope, 'exchange' | 'routingKey'>
  /** Makes sure that there are queues for the messages. */
  readonly prepare: () => Promise<void>
  /** How many messages wait in the fullest queue of the route. */
  readonly waiting: () => Promise<number>
  /** No more messages are sent while about so many wait. */
  readonly limit: number
}

interface Sender {
  readonly message: OutgoingMessage
  readonly leave: () => void
  readonly resolve: (accepted: Promise<void>) => void
  readonly reject: (reason: unknown) => void
}

/**
 * The senders of one route, in the order in which they came. They have credit: as many messages as the fullest queue
 * lacked to its limit when it was looked at last. When it is used up, everything is waited for that is under way, and
 * the queue is looked at again. So it works for queues of any kind, also those that somebody else declared.
 */
export class SendingLine {
  readonly #options: SendingLineOptions
  readonly #closing = new AbortController()
  readonly #line = new Set<Sender>()
  #credit = 0
  #running = false

  constructor(options: SendingLineOptions) {
    this.#options = options
  }

  /** Resolves when the message is accepted. Rejects with the reason of the signal when aborted before it was sent. */
  async enter(message: OutgoingMessage, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    // eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- a promise of nothing
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const abort = () => {
      sender.leave()
      reject(signal?.reason)
    }
    const sender: Sender = {
      message,
      leave: () => {
        signal?.removeEventListener('abort', abort)
        this.#line.delete(sender)
      },
      resolve,
      reject,
    }
    signal?.addEventListener('abort', abort)
    this.#line.add(sender)
    void this.#run()
    return promise
  }

  /** Nobody waits any more; who does is refused. */
  close(reason: RevalError): void {
    this.#closing.abort()
    this.#failAll(reason)
  }

  async #run(): Promise<void> {
    if (this.#running) return
    this.#running = true
    try {
      while (this.#line.size > 0) {
        try {
          await this.#sendWhatIsAllowed()
        } catch (error) {
          this.#failAll(asRevalError(error, 'BROKER_FAILED'))
        }
      }
    } finally {
      this.#running = false
    }
  }

  async #sendWhatIsAllowed(): Promise<void> {
    const { channel, destination, prepare } = this.#options
    await prepare()
    if (this.#credit <= 0) await this.#lookForCredit()
    const open = await channel.ready()
    for (const { message, leave, resolve } of this.#line) {
      if (this.#credit <= 0) return
      this.#credit -= 1
      leave()
      resolve(channel.send(open, { ...envelopeOf(message), ...destination }, bufferOf(message.body)))
    }
  }

  async #lookForCredit(): Promise<void> {
    const { channel, waiting, limit } = this.#options
    await channel.settled()
    for (let wait = FIRST_LOOK_MS; this.#line.size > 0; wait = Math.min(2 * wait, LAST_LOOK_MS)) {
      this.#credit = limit - (await waiting())
      if (this.#credit > 0) return
      // Rejected by nothing but the end of the line, which is looked at next.
      await pause(wait, undefined, { signal: this.#closing.signal }).catch(() => undefined)
    }
  }

  #failAll(reason: RevalError): void {
    for (const sender of this.#line) {
      sender.leave()
      sender.reject(reason)
    }
  }
}
