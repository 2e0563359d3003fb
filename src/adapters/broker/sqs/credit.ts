import { setTimeout as pause } from 'node:timers/promises'
import { asRevalError, type RevalError } from '../../../errors/reval-error.ts'

const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 500

interface Sender {
  readonly enter: () => void
  readonly fail: (reason: unknown) => void
}

/**
 * Keeps senders from outrunning the receiver: at each look at the queue they may send as many messages as it has room
 * for, and it is looked at again when those are sent. Senders enter in the order in which they came.
 */
export class Credit {
  readonly #limit: number
  readonly #countWaiting: () => Promise<number>
  readonly #senders = new Set<Sender>()
  readonly #ended = new AbortController()
  #left = 0
  #outstanding = 0
  #looking = false

  /** `countWaiting` asks the queue how many messages wait in it. */
  constructor(limit: number, countWaiting: () => Promise<number>) {
    this.#limit = limit
    this.#countWaiting = countWaiting
  }

  /** Sends one message when there is room. Rejects with the signal's reason, or as the look at the queue did. */
  async spend(send: () => Promise<void>, signal?: AbortSignal): Promise<void> {
    await this.#enter(signal)
    try {
      await send()
    } finally {
      this.#outstanding -= 1
      this.#admit()
    }
  }

  /** Rejects those who wait. */
  end(reason: RevalError): void {
    this.#ended.abort(reason)
    this.#failAll(reason)
  }

  #enter(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#ended.signal.throwIfAborted()
      signal?.throwIfAborted()
      const leave = () => {
        signal?.removeEventListener('abort', abort)
        this.#senders.delete(sender)
      }
      const sender: Sender = {
        enter: () => {
          leave()
          resolve()
        },
        fail: (reason) => {
          leave()
          // What the caller gave as the reason of its signal is what it gets.
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
          reject(reason)
        },
      }
      const abort = () => sender.fail(signal?.reason)
      signal?.addEventListener('abort', abort, { once: true })
      this.#senders.add(sender)
      this.#admit()
    })
  }

  #admit(): void {
    for (const sender of this.#senders) {
      if (this.#left <= 0) break
      this.#left -= 1
      this.#outstanding += 1
      sender.enter()
    }
    // What is under way is not in the queue's own count yet.
    if (this.#senders.size > 0 && this.#outstanding === 0 && !this.#looking) void this.#look()
  }

  async #look(): Promise<void> {
    this.#looking = true
    try {
      for (let wait = FIRST_PAUSE_MS; this.#senders.size > 0; wait = Math.min(2 * wait, LONGEST_PAUSE_MS)) {
        this.#left = this.#limit - (await this.#countWaiting())
        if (this.#left > 0) break
        await pause(wait, undefined, { signal: this.#ended.signal })
      }
    } catch (error) {
      if (!this.#ended.signal.aborted) this.#failAll(asRevalError(error, 'BROKER_FAILED'))
    } finally {
      this.#looking = false
    }
    if (!this.#ended.signal.aborted) this.#admit()
  }

  #failAll(reason: RevalError): void {
    for (const sender of [...this.#senders]) sender.fail(reason)
  }
}
