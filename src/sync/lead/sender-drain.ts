import type { Installation, SendStage } from '../../ports/run-ledger.ts'
import type { WriterContext } from '../lease/writer.ts'
import type { UnprovedTarget } from '../receive/receiver.ts'
import { UnprovedSender } from '../receive/unproved-sender.ts'
import { changeAsWriter, readInstallation } from '../records.ts'
import { newRun } from '../run-state.ts'
import { SENDERS } from '../stages.ts'
import { QueueQuiet } from './stage-progress.ts'

/**
 * Receives what senders without run headers still send after their run is over. It cannot be told apart from what they
 * would send for the next run, so no run starts before they have finished.
 */
export class SenderDrain {
  readonly #context: WriterContext
  readonly #senders = new Map<SendStage, { readonly sender: UnprovedSender; readonly quiet: QueueQuiet }>()

  constructor(context: WriterContext) {
    this.#context = context
  }

  /** Where messages without headers go between two runs; null if none are expected. */
  async targetFor(stage: SendStage): Promise<UnprovedTarget | null> {
    const { currentRun, stillSending } = await readInstallation(this.#context.ledger)
    const wanted = currentRun === null && stillSending.some((each) => each.stage === stage)
    return wanted ? { sender: this.#of(stage).sender, belongsToRun: false } : null
  }

  /** Records that the end message of a stage was received. Await it before acknowledging the message. */
  async ended(stage: SendStage): Promise<void> {
    await changeAsWriter(this.#context, (known) => ({
      ...known,
      stillSending: known.stillSending.map((each) => (each.stage === stage ? { ...each, hasEnded: true } : each)),
    }))
  }

  /** Lets runs start again once the end message was received and the queue has been quiet for a while. */
  async check({ stillSending }: Pick<Installation, 'stillSending'>): Promise<void> {
    const { clock, settings, broker } = this.#context
    for (const { stage, hasEnded } of stillSending) {
      if (!hasEnded) continue
      const { sender, quiet } = this.#of(stage)
      const depth = await broker.depth(SENDERS[stage].data)
      if (quiet.quietFor(depth, sender.lastActivityAt, clock.monotonic()) < settings.quietMs) continue
      await changeAsWriter(this.#context, (known) => ({
        ...known,
        stillSending: known.stillSending.filter((each) => each.stage !== stage),
      }))
      this.#senders.delete(stage)
    }
  }

  #of(stage: SendStage) {
    const { clock } = this.#context
    const known = this.#senders.get(stage) ?? {
      sender: new UnprovedSender(clock, newRun(NO_RUN)),
      quiet: new QueueQuiet(clock.monotonic()),
    }
    this.#senders.set(stage, known)
    return known
  }
}

/** What is received belongs to no run. */
const NO_RUN = {
  id: 'none',
  day: '0001-01-01',
  requestedAt: 0,
  requestedBy: '',
  expect: null,
  senderGone: null,
  purpose: 'sync' as const,
  repair: null,
  request: null,
}
