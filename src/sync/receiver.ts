import { asRevalError, RevalError } from '../errors/reval-error.ts'
import type { DecodedRows } from '../messages/decoded-rows.ts'
import { decodeHeaders, type DataHeaders } from '../messages/headers.ts'
import type { Consumer, Delivery, Queue } from '../ports/broker.ts'
import type { GenerationId } from '../ports/index-store.ts'
import type { ClaimedStage } from '../ports/run-ledger.ts'
import type { Home } from './apply-snapshot.ts'
import type { SyncContext } from './context.ts'
import { DeliveryEnds } from './delivery-ends.ts'
import type { Joined } from './join-batch.ts'
import { keepConsuming } from './keep-consuming.ts'
import { accountFor, accountForUnreadable, type Account, type DataMessage } from './message-group.ts'

/** How the messages of one stage become rows of a generation. */
export interface Receiving<Row> {
  readonly stage: ClaimedStage
  readonly queue: Queue
  readonly decode: (body: Uint8Array) => DecodedRows<Row>
  readonly keyOf: (row: Row) => string
  readonly apply: (generation: GenerationId, rows: readonly Row[]) => Promise<readonly Joined<Home | null>[]>
}

/** What the receiver asks of the run it works for, and tells it. */
export interface ReceivingRun {
  /** Whether messages with these headers belong to the stage and attempt that the run is in. */
  accepts(stage: ClaimedStage, headers: Pick<DataHeaders, 'run' | 'generation' | 'attempt'>): Promise<boolean>
  wasLate(stage: ClaimedStage, headers: Pick<DataHeaders, 'run' | 'attempt'>): void
  /** Receipts were added, or the end message came. */
  moved(): void
  /** The generation cannot be written. */
  cannotGoOn(generation: GenerationId, error: RevalError): void
}

/**
 * Groups that are written at a time: while the index store writes one, the next is looked up. Snapshots come out the
 * same in any order, and rows that two groups touch are settled by their tokens.
 */
const LANES = 2

/** A delivery is given back so often before the run is told that it cannot go on. */
const DELIVERIES = 5

/**
 * Takes the messages of one stage: writes their rows in groups, then the receipts, and only then acknowledges.
 * A crash in between repeats messages whose rows are there already, which changes nothing.
 */
export class Receiver<Row> {
  private readonly context: SyncContext
  private readonly receiving: Receiving<Row>
  private readonly run: ReceivingRun
  private readonly ends: DeliveryEnds
  private group: DataMessage<Row>[] = []
  private readonly lanes: Promise<void>[] = new Array<Promise<void>>(LANES).fill(Promise.resolve())
  private nextLane = 0
  private scheduled = false

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
        // What is being written is acknowledged while that is still possible.
        await Promise.all(this.lanes)
        await consumer.stop()
        await Promise.all(this.lanes)
      },
    }
  }

  private async take(delivery: Delivery): Promise<void> {
    try {
      const headers = decodeHeaders(delivery.attributes)
      if (headers === null || headers.kind === 'command') {
        throw new RevalError('MESSAGE_WITHOUT_RUN', `a message on ${this.receiving.queue} without the headers of a run`)
      }
      if (!(await this.run.accepts(this.receiving.stage, headers))) {
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
      const came = decoded.rows.length + decoded.faults.length
      if (came !== headers.rows) {
        throw new RevalError('MESSAGE_INVALID', `the headers announce ${headers.rows} rows, ${came} came`)
      }
    } catch (error) {
      const { code, message } = asRevalError(error, 'MESSAGE_HANDLER_FAILED')
      await this.record(accountForUnreadable(this.receiving.stage, headers, code, message))
      throw error
    }
    this.group.push({ delivery, headers, decoded })
    const waiting = this.group.reduce((sum, message) => sum + message.headers.rows, 0)
    if (waiting >= this.context.settings.rowsPerWrite) this.flush()
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

  private flush(): void {
    const groups = Map.groupBy(this.group, ({ headers }) => headers.generation)
    this.group = []
    for (const [generation, group] of groups) {
      const lane = this.nextLane
      this.nextLane = (lane + 1) % LANES
      this.lanes[lane] = (this.lanes[lane] ?? Promise.resolve()).then(() => this.write(generation, group))
    }
  }

  private async write(generation: GenerationId, group: readonly DataMessage<Row>[]): Promise<void> {
    const { stage, keyOf, apply } = this.receiving
    try {
      const rows = group.flatMap(({ decoded }) => decoded.rows.map(({ value }) => value))
      await this.record(accountFor(stage, group, await apply(generation, rows), keyOf))
    } catch (error) {
      await this.giveBack(generation, group, asRevalError(error, 'STORE_FAILED'))
      return
    }
    for (const { delivery } of group) await this.ends.acknowledge(delivery)
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
    const often = group.some(({ delivery }) => delivery.deliveries >= DELIVERIES)
    if (often || !error.transient) this.run.cannotGoOn(generation, error)
    for (const { delivery } of group) await this.ends.giveBack(delivery, error)
  }
}
