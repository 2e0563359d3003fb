import type { RevalError } from '../../errors/reval-error.ts'
import { hintedKeyText, type HintedKey } from '../../messages/hint.ts'
import type { Delivery } from '../../ports/broker.ts'
import type { Channel } from '../../ports/changes.ts'

/** A message of a channel that is neither acknowledged nor dead-lettered yet. */
export interface PendingChange {
  readonly channel: Channel
  readonly delivery: Delivery
  /** When it was sent, in milliseconds since the epoch; when it was received, if the broker cannot tell. */
  readonly sentAt: number
  readonly keys: readonly HintedKey[]
  /** Why the message is dead-lettered although its keys can be refreshed; null if it is valid. */
  readonly fault: RevalError | null
  /** Whether its keys were refreshed once, and will be again after the source's lag. */
  readonly isRepeat: boolean
}

/** What is in progress on a channel. */
export interface ChannelLoad {
  readonly messages: number
  /** When the oldest was sent; null if there is none. */
  readonly oldestAt: number | null
}

/** The messages in progress of all channels, in the order in which they are refreshed. */
export class ChangeInbox {
  #waiting: PendingChange[] = []
  /** Those to be refreshed again, by the monotonic clock. */
  #repeats: { readonly change: PendingChange; readonly dueAt: number }[] = []
  #taken: readonly PendingChange[] = []

  add(change: PendingChange): void {
    this.#waiting.push(change)
  }

  /** Refreshes the keys of a message again at this time of the monotonic clock. Call it in ascending order of time. */
  repeatAt(dueAt: number, change: PendingChange): void {
    this.#repeats.push({ change: { ...change, isRepeat: true }, dueAt })
  }

  /** When the next message can be taken, by the monotonic clock: now, or when its repetition is due; null if none waits. */
  nextAt(now: number): number | null {
    if (this.#waiting.length > 0) return now
    return this.#repeats[0]?.dueAt ?? null
  }

  /** How many keys the messages have that wait to be taken. */
  get waitingKeys(): number {
    return this.#waiting.reduce((sum, { keys }) => sum + keys.length, 0)
  }

  /**
   * The next messages with up to `maxKeys` distinct keys, at least one message if any can be taken; those taken before are
   * done.
   */
  take(now: number, maxKeys: number): readonly PendingChange[] {
    const notDue = this.#repeats.findIndex(({ dueAt }) => dueAt > now)
    const due = this.#repeats.splice(0, notDue === -1 ? this.#repeats.length : notDue)
    if (due.length > 0) this.#waiting = [...due.map(({ change }) => change), ...this.#waiting]
    const keys = new Set<string>()
    const end = this.#waiting.findIndex((change, at) => {
      for (const key of change.keys) keys.add(hintedKeyText(key))
      return at > 0 && keys.size > maxKeys
    })
    this.#taken = this.#waiting.splice(0, end === -1 ? this.#waiting.length : end)
    return this.#taken
  }

  /** What is in progress on a channel. */
  load(channel: Channel): ChannelLoad {
    let messages = 0
    let oldestAt: number | null = null
    for (const each of [...this.#taken, ...this.#waiting, ...this.#repeats.map(({ change }) => change)]) {
      if (each.channel !== channel) continue
      messages += 1
      if (oldestAt === null || each.sentAt < oldestAt) oldestAt = each.sentAt
    }
    return { messages, oldestAt }
  }

  /** The messages that were taken last are done. */
  done(): void {
    this.#taken = []
  }
}
