import type { Envelope } from 'rabbitmq-client'
import { asRevalError, type RevalError } from '../../../errors/reval-error.ts'
import type { OutgoingMessage } from '../../../ports/broker.ts'
import type { ConfirmedChannel } from './confirmed-channel.ts'
import { bufferOf, envelopeOf } from './message.ts'

export interface SendingLineOptions {
  readonly channel: ConfirmedChannel
  /** Exchange and key. */
  readonly destination: Pick<Envelope, 'exchange' | 'routingKey'>
  /** Makes sure that there are queues for the messages. */
  readonly prepare: () => Promise<void>
}

interface Sender {
  readonly message: OutgoingMessage
  readonly leave: () => void
  readonly resolve: (accepted: Promise<void>) => void
  readonly reject: (reason: unknown) => void
}

/**
 * The senders of one route, in the order in which they came.
 */
export class SendingLine {
  readonly #options: SendingLineOptions
  readonly #line = new Set<Sender>()
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
    const open = await channel.ready()
    for (const { message, leave, resolve } of this.#line) {
      leave()
      resolve(channel.send(open, { ...envelopeOf(message), ...destination }, bufferOf(message.body)))
    }
  }

  #failAll(reason: RevalError): void {
    for (const sender of this.#line) {
      sender.leave()
      sender.reject(reason)
    }
  }
}
