import { asRevalError, RevalError } from '../errors/reval-error.ts'
import type { DecodedRows } from '../messages/decoded-rows.ts'
import { decodeHeaders, type DataHeaders } from '../messages/headers.ts'
import type { Consumer, Delivery, Queue } from '../ports/broker.ts'
import type { GenerationId } from '../ports/index-store.ts'
import type { ClaimedStage, FailedRow, Receipt } from '../ports/run-ledger.ts'
import type { Home } from './apply-snapshot.ts'
import type { SyncContext } from './context.ts'
import { keepConsuming } from './keep-consuming.ts'
import type { Joined } from './join-batch.ts'

/** How the messages of one stage become rows of a generation. */
export interface Receiving<Row> {
  readonly stage: ClaimedStage
  readonly queue: Queue
  readonly decode: (body: Uint8Array) => DecodedRows<Row>
  readonly keyOf: (row: Row) => string
  readonly apply: (
    generation: GenerationId,
    rows: readonly Row[],
  ) => Promise<readonly Joined<Home | null>[]>
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

interface Message<Row> {
  readonly delivery: Delivery
  readonly headers: DataHeaders
  readonly decoded: DecodedRows<Row>
}

/** A delivery is given back so often before the run is told that it cannot go on. */
const DELIVERIES = 5
const GIVE_BACK_MS = 200

/**
 * Takes the messages of one stage: writes their rows in groups, then the receipts, and only then acknowledges.
 * A crash in between repeats messages whose rows are there already, which changes nothing.
 */
export class Receiver<Row> {
  private readonly context: SyncContext
  private readonly receiving: Receiving<Row>
  private readonly run: ReceivingRun
  private group: Message<Row>[] = []
  private flushing: Promise<void> = Promise.resolve()
  private scheduled = false

  constructor(context: SyncContext, receiving: Receiving<Row>, run: ReceivingRun) {
    this.context = context
    this.receiving = receiving
    this.run = run
  }

  /** Begins to take messages. Stop the consumer before the writer's right is given up. */
  async start(): Promise<Consumer> {
    const { prefetch } = this.context.settings
    const consumer = await keepConsuming(this.context, this.receiving.queue, prefetch, (each) => this.take(each))
    return {
      stop: async () => {
        await consumer.stop()
        await this.flushing
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
        await delivery.acknowledge()
      } else if (headers.kind === 'end') {
        await delivery.acknowledge()
        this.run.moved()
      } else {
        await this.takeData(delivery, headers)
      }
    } catch (error) {
      await this.refuse(delivery, asRevalError(error))
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
      const coded = asRevalError(error)
      await this.failMessage(headers, coded)
      await this.refuse(delivery, coded)
      this.run.moved()
      return
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
    if (this.group.length === 0) return
    const groups = Map.groupBy(this.group, ({ headers }) => headers.generation)
    this.group = []
    for (const [generation, group] of groups) {
      this.flushing = this.flushing.then(() => this.write(generation, group))
    }
  }

  private async write(generation: GenerationId, group: readonly Message<Row>[]): Promise<void> {
    try {
      const rows = group.flatMap(({ decoded }) => decoded.rows.map(({ value }) => value))
      const results = await this.receiving.apply(generation, rows)
      const { failures, receipts } = this.accountFor(group, results)
      if (failures.length > 0) await this.context.ledger.addFailures(failures)
      await this.context.ledger.addReceipts(receipts)
      for (const row of failures) this.context.events.emit('row.failed', { row })
      await Promise.all(group.map(({ delivery }) => delivery.acknowledge()))
      this.run.moved()
    } catch (error) {
      await this.giveBack(generation, group, asRevalError(error, 'STORE_FAILED'))
    }
  }

  private accountFor(group: readonly Message<Row>[], results: readonly Joined<Home | null>[]) {
    const failures: FailedRow[] = []
    const receipts: Receipt[] = []
    let position = 0
    for (const { headers, decoded } of group) {
      const { run, attempt, sequence } = headers
      const stage = this.receiving.stage
      const where = `message ${sequence} of ${attempt}, row`
      let failedRows = decoded.faults.length
      let ownRows = 0
      for (const fault of decoded.faults) {
        const key = fault.key ?? `${where} ${fault.index + 1}`
        failures.push({ run, stage, key, code: fault.code, reason: `${fault.field}: ${fault.reason}` })
      }
      for (const { value } of decoded.rows) {
        const result = results[position]
        position += 1
        if (result?.ok !== true) {
          failedRows += 1
          const reason = result?.reason ?? 'the index store said nothing of it'
          failures.push({ run, stage, key: this.receiving.keyOf(value), code: 'ROW_WRITE_FAILED', reason })
        } else if (result.result === 'own') ownRows += 1
      }
      receipts.push({ run, stage, attempt, sequence, rows: headers.rows, failedRows, ownRows })
    }
    return { failures, receipts }
  }

  /** A message that cannot be read: all its rows failed, and the manifest knows. */
  private async failMessage(headers: DataHeaders, error: RevalError): Promise<void> {
    const { run, attempt, sequence, rows } = headers
    const stage = this.receiving.stage
    const key = `message ${sequence} of ${attempt}`
    await this.context.ledger.addFailures([{ run, stage, key, code: error.code, reason: error.message }])
    await this.context.ledger.addReceipts([{ run, stage, attempt, sequence, rows, failedRows: rows, ownRows: 0 }])
  }

  private async refuse(delivery: Delivery, error: RevalError): Promise<void> {
    await delivery.deadLetter(error.code, error.message)
    this.context.events.emit('message.deadLettered', { queue: this.receiving.queue, error })
  }

  /** Nothing was receipted, so the messages come again; a fault that stays is the run's. */
  private async giveBack(generation: GenerationId, group: readonly Message<Row>[], error: RevalError): Promise<void> {
    this.context.events.emit('trouble', { doing: `writing rows of ${this.receiving.queue}`, error })
    const often = group.some(({ delivery }) => delivery.deliveries >= DELIVERIES)
    if (often || !error.transient) this.run.cannotGoOn(generation, error)
    await Promise.all(group.map(({ delivery }) => delivery.giveBack(GIVE_BACK_MS * delivery.deliveries)))
  }
}
