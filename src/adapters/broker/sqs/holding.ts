import type { Message } from '@aws-sdk/client-sqs'
import type { SqsQueue } from './queue.ts'

/** A received message that is not ended yet. */
interface Held {
  readonly message: Message
  readonly receipt: string
  /** `mine` until its end begins; `leaving` while it is given back: then it must not be hidden any longer. */
  state: 'mine' | 'ending' | 'leaving'
}

/**
 * The messages that a consumer was given and has not ended. While they are here they stay hidden from others, however
 * long the work on them takes.
 */
export class Holding {
  readonly #queue: SqsQueue
  readonly #visibilityMs: number
  readonly #held = new Set<Held>()
  readonly #ending = new Set<Promise<void>>()
  readonly #onRoom: () => void
  readonly #timer: NodeJS.Timeout
  #extending: Promise<void> | null = null

  /** `onRoom` is told whenever a message has left. */
  constructor(queue: SqsQueue, visibilityMs: number, onRoom: () => void) {
    this.#queue = queue
    this.#visibilityMs = visibilityMs
    this.#onRoom = onRoom
    // Twice before the time is over, should one call fail.
    this.#timer = setInterval(() => this.#extend(), visibilityMs / 3)
  }

  get size(): number {
    return this.#held.size
  }

  take(message: Message): Held {
    const held: Held = { message, receipt: message.ReceiptHandle ?? '', state: 'mine' }
    this.#held.add(held)
    return held
  }

  acknowledge(held: Held): Promise<void> {
    held.state = 'ending'
    return this.#end(held, () => this.#queue.remove(held.receipt))
  }

  giveBack(held: Held, delay: number): Promise<void> {
    held.state = 'leaving'
    return this.#end(held, () => this.#hide(held, delay))
  }

  deadLetter(held: Held, code: string, reason: string): Promise<void> {
    held.state = 'ending'
    return this.#end(held, async () => {
      await this.#queue.bury(held.message, code, reason)
      await this.#queue.remove(held.receipt)
    })
  }

  /** Lets go of all that no end has begun for, at once for the next consumer, and waits for the ends under way. */
  async letGo(): Promise<void> {
    const mine = [...this.#held].filter(({ state }) => state === 'mine')
    for (const held of mine) held.state = 'leaving'
    // Where that fails they come again all the same, when their time is over.
    await Promise.allSettled([...this.#ending, ...mine.map((held) => this.#hide(held, 0))])
    clearInterval(this.#timer)
    this.#held.clear()
  }

  async #end(held: Held, work: () => Promise<void>): Promise<void> {
    const ending = work()
    this.#ending.add(ending)
    try {
      await ending
    } finally {
      this.#ending.delete(ending)
      this.#held.delete(held)
      this.#onRoom()
    }
  }

  async #hide(held: Held, milliseconds: number): Promise<void> {
    // An extension that is under way and arrives later would undo it.
    await this.#extending
    await this.#queue.hide(held.receipt, milliseconds)
  }

  #extend(): void {
    const staying = [...this.#held].filter(({ state }) => state !== 'leaving')
    if (this.#extending !== null || staying.length === 0) return
    // A message for which it fails again and again comes to another consumer; nothing is lost by that, and the fault
    // of a server that is away is told by the receives.
    const extensions = staying.map((held) => this.#queue.hide(held.receipt, this.#visibilityMs))
    this.#extending = Promise.allSettled(extensions).then(() => {
      this.#extending = null
    })
  }
}
