import { asRevalError } from '../../errors/reval-error.ts'
import type { Consumer } from '../../ports/broker.ts'
import { CHANNELS, type Channel } from '../../ports/changes.ts'
import type { WriterContext } from '../lease/writer.ts'
import { persist } from '../wait/persist.ts'
import { aborted, together } from '../wait/together.ts'
import { WakeSignal } from '../wait/wake-signal.ts'
import { KEYS_AT_A_TIME } from './apply-changes.ts'
import { ChangeBatches, type ChangeTools, type RefreshedChange } from './change-batches.ts'
import { ChangeInbox, type PendingChange } from './change-inbox.ts'
import { ChannelConsumer } from './channel-consumer.ts'
import { passing } from './errors-of-changes.ts'

/** A message wakes the loop. */
const IDLE_MS = 60_000
/** The longest pause between two batches. */
const PAUSE_MS = 500

/**
 * Applies live changes, as the writer: consumes the three channels, refreshes the keys of whatever has arrived as one batch,
 * and acknowledges. What arrives during one batch forms the next. After a batch the loop pauses for twice as long as that
 * took, since a batch costs almost the same however few keys it has; not if half a batch is waiting already. If a source lags,
 * keys are refreshed a second time after the lag, and only then is the message acknowledged.
 */
export class ChangeLoop {
  readonly #context: WriterContext
  readonly #tools: ChangeTools
  readonly #inbox = new ChangeInbox()
  readonly #batches: ChangeBatches
  readonly #consumers: Readonly<Record<Channel, ChannelConsumer>>
  readonly #wake = new WakeSignal()
  /** Acknowledgements in flight: the next batch need not wait for them. */
  readonly #ending = new Set<Promise<void>>()

  constructor(context: WriterContext, tools: ChangeTools) {
    this.#context = context
    this.#tools = tools
    this.#batches = new ChangeBatches(context, tools, (changes) => this.#end(changes))
    const receiver = {
      received: (change: PendingChange) => {
        this.#inbox.add(change)
        this.#wake.wake()
      },
      deadLettered: (channel: Channel) => tools.report.deadLettered(channel),
    }
    this.#consumers = {
      traineeChanged: new ChannelConsumer(context, 'traineeChanged', receiver),
      doctorChanged: new ChannelConsumer(context, 'doctorChanged', receiver),
      recommendationChanged: new ChannelConsumer(context, 'recommendationChanged', receiver),
    }
  }

  /** Works until the signal is aborted. Rejects if another process is the writer. */
  async run(signal: AbortSignal): Promise<void> {
    const worked = new AbortController()
    const consuming = CHANNELS.map(
      (channel) => (stopping: AbortSignal) => this.#consume(this.#consumers[channel], stopping, worked.signal),
    )
    const working = (stopping: AbortSignal) => this.#work(stopping).finally(() => worked.abort())
    await together(signal, [working, (stopping) => this.#tools.report.run(this.#inbox, stopping), ...consuming])
  }

  /** Stops consuming once the work has ended, so that what was refreshed can be acknowledged. */
  async #consume(channel: ChannelConsumer, signal: AbortSignal, worked: AbortSignal): Promise<void> {
    let consumer: Consumer
    try {
      // A missing queue stops neither the other channels nor the runs.
      consumer = await persist(this.#context, { doing: `consuming ${channel.channel}`, signal }, () =>
        channel.start().catch((error: unknown) => {
          throw passing(asRevalError(error, 'BROKER_FAILED'))
        }),
      )
    } catch (error) {
      if (signal.aborted) return
      throw error
    }
    await aborted(worked)
    await consumer.stop()
  }

  async #work(signal: AbortSignal): Promise<void> {
    const { clock } = this.#context
    while (!signal.aborted) {
      const now = clock.monotonic()
      const nextAt = this.#inbox.nextAt(now)
      if (nextAt !== null && nextAt <= now) {
        // What the broker can deliver now belongs to this batch.
        await new Promise<void>((resolve) => setImmediate(resolve))
        await this.#batches.refresh(this.#inbox.take(now, KEYS_AT_A_TIME), signal)
        this.#inbox.done()
        await this.#pause(clock.monotonic() - now, signal)
      } else {
        await this.#wake.wait(clock, nextAt === null ? IDLE_MS : nextAt - now, signal)
      }
    }
    await Promise.all(this.#ending)
  }

  /** Lets changes collect after a batch that took so long, unless many wait already. */
  async #pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (this.#inbox.waitingKeys >= KEYS_AT_A_TIME / 2) return
    await this.#context.clock.wait(Math.min(2 * milliseconds, PAUSE_MS), signal)
  }

  #end(changes: readonly RefreshedChange[]): void {
    const { clock, settings } = this.#context
    const done = (each: RefreshedChange) => settings.sourceLagMs === 0 || each.change.isRepeat
    for (const each of changes) {
      if (!done(each)) this.#inbox.repeatAt(clock.monotonic() + settings.sourceLagMs, each.change)
    }
    for (const channel of CHANNELS) {
      const ended = changes.filter((each) => each.change.channel === channel && done(each))
      if (ended.length > 0) this.#whileEnding(this.#endOn(this.#consumers[channel], ended))
    }
  }

  async #endOn(channel: ChannelConsumer, ended: readonly RefreshedChange[]): Promise<void> {
    const good = ended.filter(({ fault }) => fault === null)
    await Promise.all([
      channel.acknowledge(good.map(({ change }) => change.delivery)),
      ...ended.map(({ change, fault }) => (fault === null ? null : channel.refuse(change.delivery, fault))),
    ])
  }

  #whileEnding(end: Promise<void>): void {
    const ending: Promise<void> = end.finally(() => this.#ending.delete(ending))
    this.#ending.add(ending)
  }
}
