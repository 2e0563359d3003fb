import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import type { DecodedRows } from '../../messages/decoded-rows.ts'
import { decodeHeaders, type DataHeaders } from '../../messages/headers.ts'
import type { Consumer, Delivery, Queue } from '../../ports/broker.ts'
import type { GenerationId } from '../../ports/index-store.ts'
import type { SendStage } from '../../ports/run-ledger.ts'
import type { Home } from './apply-snapshot.ts'
import type { SyncContext } from '../context.ts'
import { DeliveryEnds } from './delivery-ends.ts'
import type { Joined } from './join-batch.ts'
import { keepConsuming } from './keep-consuming.ts'
import { accountFor, accountForUnreadable, type Account, type DataMessage } from './message-group.ts'
import { persist } from '../wait/persist.ts'
import type { UnprovedStage } from '../lead/unproved-stage.ts'

/** How the messages of one stage become rows of a generation. */
export interface Receiving<Row> {
  readonly stage: SendStage
  readonly queue: Queue
  readonly decode: (body: Uint8Array) => DecodedRows<Row>
  readonly keyOf: (row: Row) => string
  readonly apply: (generation: GenerationId, rows: readonly Row[]) => Promise<readonly Joined<Home | null>[]>
}

/** What the receiver asks of the run it works for, and tells it. */
export interface ReceivingRun {
  /** Whether messages with these headers belong to the stage and attempt that the run is in. */
  accepts(stage: SendStage, headers: Pick<DataHeaders, 'run' | 'generation' | 'attempt'>): Promise<boolean>
  /** Where a message without headers belongs; null where the run takes none now. */
  takesUnproved(stage: SendStage): Promise<UnprovedStage | null>
  wasLate(stage: SendStage, headers: Pick<DataHeaders, 'run' | 'attempt'>): void
  /** Whether the run still fills this generation. */
  isFilling(generation: GenerationId): boolean
  /** Receipts were added, or the end message came. */
  moved(): void
  /** The generation cannot be written. */
  cannotGoOn(generation: GenerationId, error: RevalError): void
}

/**
 * Groups that are written at a time: while the index store writes one, the next is looked up. Snapshots come out the
 * same in any order, and rows that two groups touch are settled by their tokens. What comes while all lanes are busy
 * waits together: the longer writing takes, the larger the next group.
 */
const LANES = 2

/**
 * Takes the messages of one stage: writes their rows in groups, then the receipts, and only then acknowledges.
 * A crash in between repeats messages whose rows are there already, which changes nothing.
 *
 * While the index store or the ledger is away, messages are held and what failed is tried again: giving them back again
 * and again would use up the deliveries after which a broker takes a message for one that kills its receivers.
 */
export class Receiver<Row> {
  private readonly context: SyncContext
  private readonly receiving: Receiving<Row>
  private readonly run: ReceivingRun
  private readonly ends: DeliveryEnds
  private group: DataMessage<Row>[] = []
  private readonly writing = new Set<Promise<void>>()
  /** Acknowledgements under way: a group makes room for the next while its own are. */
  private readonly ending = new Set<Promise<void>>()
  private scheduled = false
  private readonly stopping = new AbortController()

  constructor(context: SyncContext, receiving: Receiving<Row>, run: ReceivingRun) {
    this.context = context
    this.receiving = receiving
    this.run = run
    this.ends = new DeliveryEnds(context, receiving.queue)
  }

  /** Begins to take messages. Stop the consumer before the writer's right is given up. */
  async start(): Promise<Consumer> {
    const { prefetch } = this.context.settings
    const consumer = await keepConsuming(this.context, this.receiving.queue, prefetch, (each) => this.take(each))
    return {
      stop: async () => {
        this.stopping.abort(new RevalError('BROKER_CLOSED', `nobody takes ${this.receiving.queue} here any more`))
        // What is being written is acknowledged while that is still possible.
        await this.settled()
        await consumer.stop()
        await this.settled()
      },
    }
  }

  private async take(delivery: Delivery): Promise<void> {
    try {
      const headers = decodeHeaders(delivery.attributes)
      if (headers === null) {
        await this.takeUnproved(delivery)
        return
      }
      if (headers.kind === 'command') throw this.withoutRun()
      if (!(await this.persist('taking a message of', () => this.run.accepts(this.receiving.stage, headers)))) {
        if (headers.kind === 'data') this.run.wasLate(this.receiving.stage, headers)
        await this.ends.acknowledge(delivery)
      } else if (headers.kind === 'end') {
        await this.ends.acknowledge(delivery)
        this.run.moved()
      } else {
        await this.takeData(delivery, headers)
      }
    } catch (error) {
      await this.ends.failed(delivery, error)
    }
  }

  private async takeData(delivery: Delivery, headers: DataHeaders): Promise<void> {
    let decoded: DecodedRows<Row>
    try {
      decoded = this.receiving.decode(delivery.body)
      const came = rowsIn(decoded)
      if (came !== headers.rows) {
        throw new RevalError('MESSAGE_INVALID', `the headers announce ${headers.rows} rows, ${came} came`)
      }
    } catch (error) {
      return this.giveUpUnreadable(headers, error)
    }
    this.add({ delivery, headers, decoded })
  }

  /** A message from a sender that knows nothing of runs: taken where the run waits for just that. */
  private async takeUnproved(delivery: Delivery): Promise<void> {
    const { stage } = this.receiving
    const unproved = await this.persist('taking a message of', () => this.run.takesUnproved(stage))
    if (unproved === null) throw this.withoutRun()
    unproved.came()
    let isAdded = false
    try {
      let decoded: DecodedRows<Row>
      try {
        decoded = this.receiving.decode(delivery.body)
      } catch (error) {
        return await this.giveUpUnreadable(unproved.headersOf(1), error)
      }
      if (decoded.end) await this.persist('recording the end of', () => unproved.end())
      const rows = rowsIn(decoded)
      isAdded = rows > 0
      if (isAdded) this.add({ delivery, headers: unproved.headersOf(rows), decoded, done: () => unproved.done() })
      else await this.ends.acknowledge(delivery)
    } finally {
      if (!isAdded) unproved.done()
      this.run.moved()
    }
  }

  /** All its rows failed: that is put on record before the message is refused, with what made it unreadable. */
  private async giveUpUnreadable(headers: DataHeaders, error: unknown): Promise<never> {
    const { code, message } = asRevalError(error, 'MESSAGE_HANDLER_FAILED')
    const account = accountForUnreadable(this.receiving.stage, headers, code, message)
    await this.persist('recording a message of', () => this.record(account))
    throw error
  }

  private withoutRun(): RevalError {
    return new RevalError('MESSAGE_WITHOUT_RUN', `a message on ${this.receiving.queue} without the headers of a run`)
  }

  private add(message: DataMessage<Row>): void {
    this.group.push(message)
    if (rowsOf(this.group) >= this.context.settings.rowsPerWrite) this.flush()
    else this.flushSoon()
  }

  /** Writes what came together when the broker has nothing more at hand. */
  private flushSoon(): void {
    if (this.scheduled) return
    this.scheduled = true
    setImmediate(() => {
      this.scheduled = false
      this.flush()
    })
  }

  /** Writes what waits, as far as there are lanes for it. */
  private flush(): void {
    while (this.group.length > 0 && this.writing.size < LANES) {
      const [generation, group] = this.nextGroup()
      const lane: Promise<void> = this.write(generation, group).finally(() => {
        this.writing.delete(lane)
        this.flush()
      })
      this.writing.add(lane)
    }
  }

  /** The first messages that wait, of one generation and of no more rows than are written together; at least one. */
  private nextGroup(): [GenerationId, readonly DataMessage<Row>[]] {
    const generation = this.group[0]?.headers.generation ?? ''
    const group: DataMessage<Row>[] = []
    let rows = 0
    for (const message of this.group) {
      rows += message.headers.rows
      const fits = message.headers.generation === generation && rows <= this.context.settings.rowsPerWrite
      if (group.length > 0 && !fits) break
      group.push(message)
    }
    this.group = this.group.slice(group.length)
    return [generation, group]
  }

  /** Resolves when nothing is being written or acknowledged. */
  private async settled(): Promise<void> {
    while (this.writing.size + this.ending.size > 0) await Promise.all([...this.writing, ...this.ending])
  }

  private async write(generation: GenerationId, group: readonly DataMessage<Row>[]): Promise<void> {
    const { stage, keyOf, apply } = this.receiving
    const rows = group.flatMap(({ decoded }) => decoded.rows.map(({ value }) => value))
    const isWanted = () => this.run.isFilling(generation)
    try {
      const results = await this.persist(`writing ${rows.length} rows of`, () => apply(generation, rows), isWanted)
      const account = accountFor(stage, group, results, keyOf)
      await this.persist('recording rows of', () => this.record(account), isWanted)
    } catch (error) {
      await this.giveBack(generation, group, asRevalError(error, 'STORE_FAILED'))
      return
    }
    for (const message of group) this.end(message)
  }

  /** Acknowledges a message, beside whatever else is to be done. */
  private end({ delivery, done }: DataMessage<Row>): void {
    const ended: Promise<void> = this.ends.acknowledge(delivery).finally(() => {
      this.ending.delete(ended)
      done?.()
    })
    this.ending.add(ended)
  }

  /** Failures before receipts: a receipt says that every row of its message is accounted for. */
  private async record({ failures, receipts }: Account): Promise<void> {
    if (failures.length > 0) await this.context.ledger.addFailures(failures)
    await this.context.ledger.addReceipts(receipts)
    for (const row of failures) this.context.events.emit('row.failed', { row })
    this.run.moved()
  }

  /** Nothing was receipted, so the messages come again; a fault that stays is the run's. */
  private async giveBack(
    generation: GenerationId,
    group: readonly DataMessage<Row>[],
    error: RevalError,
  ): Promise<void> {
    // Whoever was stopped knows nothing of the fault: the next writer finds out.
    if (!this.stopping.signal.aborted) this.run.cannotGoOn(generation, error)
    for (const { delivery, done } of group) {
      await this.ends.giveBack(delivery, error)
      done?.()
    }
  }

  /** Tries again while what is needed is away: until the receiver is stopped, for as long as a stage may stand still. */
  private persist<T>(doing: string, action: () => Promise<T>, isWanted: () => boolean = () => true): Promise<T> {
    const { clock, settings } = this.context
    const until = clock.now() + settings.stallMs
    const goesOn = () => isWanted() && clock.now() < until
    return persist(
      this.context,
      { doing: `${doing} ${this.receiving.queue}`, signal: this.stopping.signal, goesOn },
      action,
    )
  }
}

function rowsIn({ rows, faults }: DecodedRows<unknown>): number {
  return rows.length + faults.length
}

function rowsOf(group: readonly DataMessage<unknown>[]): number {
  return group.reduce((sum, { headers }) => sum + headers.rows, 0)
}
