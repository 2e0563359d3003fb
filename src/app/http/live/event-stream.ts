import type { FastifyReply } from 'fastify'

export interface StreamMessage {
  readonly event: string
  readonly data: unknown
  /** Milliseconds after which the browser connects again if the stream breaks off. */
  readonly retry?: number
}

/** More waiting messages than this, and the reader is too slow. */
const MOST_WAITING = 64
/** How long a message may take to leave, before the reader is given up. */
const LONGEST_SEND_MS = 30_000

/**
 * A stream of server-sent events to one reader. Messages leave in order. A reader that is too slow is dropped, so that memory stays
 * flat: it connects again, and gets what is.
 */
export class EventStream {
  readonly #reply: FastifyReply
  readonly #waiting: StreamMessage[] = []
  readonly #closed = Promise.withResolvers<undefined>()
  #isClosed = false
  #isEnding = false
  #sending: Promise<void> | null = null

  /** For a route with `sse: 'manual'`, before anything is sent. */
  constructor(reply: FastifyReply) {
    this.#reply = reply
    reply.sse.keepAlive()
    reply.raw.once('close', () => {
      this.#isClosed = true
      this.#waiting.length = 0
      this.#closed.resolve(undefined)
    })
    if (reply.raw.destroyed) this.#drop()
  }

  /** Resolves once the connection is closed, by either side. */
  get closed(): Promise<void> {
    return this.#closed.promise
  }

  /** Sends a message, at once or once those before it have left. Never throws; nothing is sent on a closed stream. */
  send(message: StreamMessage): void {
    if (this.#isClosed || this.#isEnding) return
    this.#waiting.push(message)
    if (this.#waiting.length > MOST_WAITING) this.#drop()
    else this.#sending ??= this.#sendWaiting()
  }

  /** Sends a last message and closes the stream once everything has left, or soon. */
  async end(last: StreamMessage): Promise<void> {
    this.send(last)
    this.#isEnding = true
    await this.#sending
    this.#reply.sse.close()
  }

  async #sendWaiting(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const timer = setTimeout(() => this.#drop(), LONGEST_SEND_MS)
      // A write that waits for a slow reader does not end if that closes.
      await Promise.race([this.#sendOne(next), this.closed])
      clearTimeout(timer)
    }
    this.#sending = null
  }

  async #sendOne(message: StreamMessage): Promise<void> {
    try {
      await this.#reply.sse.send(message)
    } catch {
      // The reader has closed the connection; its `close` event says so too.
      this.#drop()
    }
  }

  #drop(): void {
    this.#reply.raw.destroy()
  }
}
