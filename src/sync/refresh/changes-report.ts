import { RevalError } from '../../errors/reval-error.ts'
import { CHANGES, CHANNELS, type ChangesStatus, type Channel, type ChannelStatus } from '../../ports/changes.ts'
import type { WriterContext } from '../lease/writer.ts'
import { changeRecord } from '../records.ts'
import { repeat } from '../wait/repeat.ts'
import type { Applied } from './apply-changes.ts'
import type { ChangeInbox, PendingChange } from './change-inbox.ts'
import { prefetchOf } from './channel-consumer.ts'
import { RefreshRate } from './refresh-rate.ts'

const EVERY_MS = 1_000
/** After an error, such as while the ledger is down. */
const AFTER_ERROR_MS = 5_000
/** A channel is behind when its oldest change is older than this. */
export const BEHIND_MS = 60_000

const NOTHING: ChannelStatus = {
  waiting: 0,
  oldestAt: null,
  refreshed: 0,
  deadLettered: 0,
  lastRefreshedAt: null,
  isBehind: false,
}

interface BatchFigures {
  readonly keys: number
  readonly applied: Applied
  /** By the monotonic clock. */
  readonly startedAt: number
}

/** Counts refreshed changes, saves the status for display, and reports channels that fall behind and recover. */
export class ChangesReport {
  readonly #context: WriterContext
  readonly #rate = new RefreshRate()
  readonly #channels: Record<Channel, ChannelStatus> = {
    traineeChanged: NOTHING,
    doctorChanged: NOTHING,
    recommendationChanged: NOTHING,
  }
  #paused: ChangesStatus['paused'] = null
  #reasonsComparedAt: number | null = null
  #saved = ''

  constructor(context: WriterContext) {
    this.#context = context
  }

  /** A batch was refreshed. */
  refreshed(batch: readonly PendingChange[], { keys, applied, startedAt }: BatchFigures): void {
    const { clock, events } = this.#context
    this.#paused = null
    this.#rate.add(clock.monotonic(), keys)
    for (const { channel } of batch) {
      const known = this.#channels[channel]
      this.#channels[channel] = { ...known, refreshed: known.refreshed + 1, lastRefreshedAt: clock.now() }
    }
    events.emit('changes.refreshed', {
      messages: batch.length,
      keys,
      written: applied.live?.changes.length ?? 0,
      failed: applied.live?.failed.length ?? 0,
      published: applied.published,
      milliseconds: Math.round(clock.monotonic() - startedAt),
    })
  }

  /** A batch could not be refreshed. Changes are paused only by a transient error; otherwise its messages are tried apart. */
  failed({ code, message, transient }: RevalError): void {
    this.#paused = transient ? { code, reason: message } : null
  }

  deadLettered(channel: Channel): void {
    const known = this.#channels[channel]
    this.#channels[channel] = { ...known, deadLettered: known.deadLettered + 1 }
  }

  reasonsCompared(): void {
    this.#reasonsComparedAt = this.#context.clock.now()
  }

  /** Watches the channels and saves the figures, until the signal is aborted. */
  run(inbox: ChangeInbox, signal: AbortSignal): Promise<void> {
    const often = { doing: 'recording how far changes are', everyMs: EVERY_MS, afterErrorMs: AFTER_ERROR_MS }
    return repeat(this.#context, often, signal, async () => {
      for (const channel of CHANNELS) await this.#lookAt(channel, inbox)
      await this.#save()
    })
  }

  async #lookAt(channel: Channel, inbox: ChangeInbox): Promise<void> {
    const { broker, clock, events, settings } = this.#context
    const { messages, oldestAt } = inbox.load(channel)
    const ageMs = oldestAt === null ? 0 : clock.now() - oldestAt
    const isBehind = ageMs > BEHIND_MS + settings.sourceLagMs
    const known = this.#channels[channel]
    let waiting = messages
    if (messages >= prefetchOf(settings)) {
      // There may be more than this process holds.
      const depth = await broker.depth(channel)
      waiting = depth.waiting + depth.unacknowledged
    }
    this.#channels[channel] = { ...this.#channels[channel], waiting, oldestAt, isBehind }
    if (isBehind && !known.isBehind) events.emit('channel.behind', { channel, waiting, ageMs })
    if (!isBehind && known.isBehind) events.emit('channel.recovered', { channel })
  }

  /** The record is saved by one writer: an earlier one must not replace it. */
  async #save(): Promise<void> {
    const { ledger, clock, term } = this.#context
    const status = {
      term,
      perSecond: this.#rate.perSecond,
      reasonsComparedAt: this.#reasonsComparedAt,
      paused: this.#paused,
      channels: { ...this.#channels },
    }
    const text = JSON.stringify(status)
    if (text === this.#saved) return
    await changeRecord(ledger, 'changes', CHANGES, (known) => {
      if (known !== null && known.term > term) throw new RevalError('WRITER_LOST', `term ${term} is over`)
      return { ...status, savedAt: clock.now() }
    })
    this.#saved = text
  }
}
