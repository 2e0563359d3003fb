import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import type { DecodedRows } from '../../messages/decoded-rows.ts'
import { decodeHeaders, type DataHeaders } from '../../messages/headers.ts'
import type { Consumer, Delivery } from '../../ports/broker.ts'
import type { GenerationId } from '../../ports/index-store.ts'
import type { SendStage } from '../../ports/run-ledger.ts'
import type { SyncContext } from '../context.ts'
import { SENDERS } from '../stages.ts'
import { persist } from '../wait/persist.ts'
import { DeliveryEnds } from './delivery-ends.ts'
import { accountFor, accountForUnreadable, nextGroup, type DataMessage, type GroupAccount } from './message-group.ts'
import type { JoinTarget, ReceivedRow } from './receive-rows.ts'
import type { MessageAccount } from './stage-manifest.ts'
import type { UnprovedSender } from './unproved-sender.ts'

/** How the messages of one stage become rows of a generation. */
export interface Receiving<Row> {
  readonly stage: SendStage
  readonly decode: (body: Uint8Array) => DecodedRows<Row>
  readonly digestOf: (rows: readonly Row[]) => string
  readonly apply: (target: JoinTarget, rows: readonly Row[]) => Promise<readonly ReceivedRow[]>
}

/** The sender of messages without run headers. They belong to the run in progress, or are late. */
export type UnprovedTarget = { readonly sender: UnprovedSender; readonly belongsToRun: boolean }

/** The run that a receiver works for. */
export interface ReceivingRun {
  /** Whether messages with these headers belong to the stage and attempt that the run is in. */
  accepts(stage: SendStage, headers: Pick<DataHeaders, 'run' | 'generation' | 'attempt'>): Promise<boolean>
  /** Where a message without headers belongs; null if none is expected. */
  unprovedTarget(stage: SendStage): Promise<UnprovedTarget | null>
  wasLate(stage: SendStage, headers: Pick<DataHeaders, 'run' | 'attempt'>): void
  /** Where the rows of a generation go; null unless the run is building it. */
  targetOf(generation: GenerationId): JoinTarget | null
  /** Counts messages. Call it once their rows are written and their failures recorded. */
  count(stage: SendStage, generation: GenerationId, accounts: readonly MessageAccount[]): void
  /** An end message was received. Resolves once it may be acknowledged. */
  ended(stage: SendStage, unproved: UnprovedTarget | null): Promise<void>
  /** The generation cannot be written. */
  failed(generation: GenerationId, error: RevalError): void
}

/**
 * Groups written at a time: while the index store writes one, the next is joined. What arrives while all lanes are busy
 * forms the next group, so slow writes lead to large groups.
 */
const LANES = 2

/**
 * Receives the messages of one stage. For each, in this order: rows are written, failures are recorded, the message is
 * counted, the message is acknowledged. After a crash in between, messages are delivered again; writing their rows again
 * changes nothing.
 *
 * While the index store or the ledger is away, messages are held and the step is retried. Requeueing them instead would
 * use up the number of deliveries after which a broker treats a message as poisonous.
 */
export class Receiver<Row> {
  readonly #context: SyncContext
  readonly #receiving: Receiving<Row>
  readonly #run: ReceivingRun
  readonly #queue: (typeof SENDERS)[SendStage]['data']
  readonly #ends: DeliveryEnds
  #waiting: DataMessage<Row>[] = []
  readonly #writing = new Set<Promise<void>>()
  /** Acknowledgements in flight. The next group need not wait for them. */
  readonly #ending = new Set<Promise<void>>()
  #isScheduled = false
  readonly #stopping = new AbortController()

  constructor(context: SyncContext, receiving: Receiving<Row>, run: ReceivingRun) {
    this.#context = context
    this.#receiving = receiving
    this.#run = run
    this.#queue = SENDERS[receiving.stage].data
    this.#ends = new DeliveryEnds(context, this.#queue)
  }

  /** Starts to consume, exclusively. Stop the consumer before the writer's lease is released. */
  async start(): Promise<Consumer> {
    const { broker, events, settings } = this.#context
    const onTrouble = (error: RevalError) => events.emit('warning', { doing: `consuming ${this.#queue}`, error })
    const options = { prefetch: settings.prefetch, exclusive: true, onTrouble }
    const consumer = await broker.consume(this.#queue, options, (each) => this.#receive(each))
    return {
      stop: async () => {
        this.#stopping.abort(new RevalError('BROKER_CLOSED', `${this.#queue} is no longer consumed here`))
        // Acknowledges what is being written, while the consumer still can.
        await this.#idle()
        await consumer.stop()
        await this.#idle()
      },
    }
  }

  async #receive(delivery: Delivery): Promise<void> {
    try {
      const headers = decodeHeaders(delivery.attributes)
      if (headers === null) {
        await this.#receiveUnproved(delivery)
        return
      }
      if (headers.kind === 'command') throw this.#withoutRun()
      const { stage } = this.#receiving
      if (!(await this.#persist('receiving a message from', () => this.#run.accepts(stage, headers)))) {
        if (headers.kind === 'data') this.#run.wasLate(stage, headers)
        await this.#ends.acknowledge(delivery)
      } else if (headers.kind === 'end') {
        await this.#ends.acknowledge(delivery)
        await this.#run.ended(stage, null)
      } else {
        await this.#receiveData(delivery, headers)
      }
    } catch (error) {
      await this.#ends.failed(delivery, error)
    }
  }

  async #receiveData(delivery: Delivery, headers: DataHeaders): Promise<void> {
    let decoded: DecodedRows<Row>
    try {
      decoded = this.#receiving.decode(delivery.body)
      const received = rowsIn(decoded)
      if (received !== headers.rows) {
        throw new RevalError('MESSAGE_INVALID', `headers report ${headers.rows} rows, got ${received}`)
      }
    } catch (error) {
      return this.#refuseUnreadable(headers, error)
    }
    this.#add({ delivery, headers, decoded })
  }

  /** Receives a message without run headers: accepted only if one is expected. */
  async #receiveUnproved(delivery: Delivery): Promise<void> {
    const { stage } = this.#receiving
    const unproved = await this.#persist('receiving a message from', () => this.#run.unprovedTarget(stage))
    if (unproved === null) throw this.#withoutRun()
    const { sender, belongsToRun } = unproved
    sender.received()
    let isAdded = false
    try {
      let decoded: DecodedRows<Row>
      try {
        decoded = this.#receiving.decode(delivery.body)
      } catch (error) {
        return await this.#refuseUnreadable(sender.headersOf(1), error)
      }
      if (decoded.end) {
        sender.ended()
        await this.#persist('recording the end of', () => this.#run.ended(stage, unproved))
      }
      const headers = sender.headersOf(rowsIn(decoded))
      isAdded = belongsToRun && headers.rows > 0
      if (isAdded) {
        this.#add({ delivery, headers, decoded, done: () => sender.done() })
      } else {
        if (headers.rows > 0) this.#run.wasLate(stage, headers)
        await this.#ends.acknowledge(delivery)
      }
    } finally {
      if (!isAdded) sender.done()
    }
  }

  /** Records that all rows of an undecodable message failed, then throws to refuse the message. */
  async #refuseUnreadable(headers: DataHeaders, error: unknown): Promise<never> {
    // An unexpected error counts as one of the message: requeued, it would be delivered indefinitely.
    const coded = asRevalError(error, 'MESSAGE_HANDLER_FAILED')
    const account = accountForUnreadable(this.#now(), headers, coded.code, coded.message)
    await this.#persist('recording a message of', () => this.#record(headers.generation, account))
    throw coded
  }

  /** Where rows fail now. */
  #now() {
    return { stage: this.#receiving.stage, at: this.#context.clock.now() }
  }

  #withoutRun(): RevalError {
    return new RevalError('MESSAGE_WITHOUT_RUN', `message without run headers on ${this.#queue}`)
  }

  #add(message: DataMessage<Row>): void {
    this.#waiting.push(message)
    if (rowsOf(this.#waiting) >= this.#context.settings.rowsPerWrite) this.#flush()
    else this.#flushSoon()
  }

  /** Writes what has arrived once the broker has nothing more to deliver at the moment. */
  #flushSoon(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#flush()
    })
  }

  /** Writes waiting messages, as far as lanes are free. */
  #flush(): void {
    while (this.#waiting.length > 0 && this.#writing.size < LANES) {
      const group = nextGroup(this.#waiting, this.#context.settings.rowsPerWrite)
      this.#waiting = this.#waiting.slice(group.length)
      const lane: Promise<void> = this.#writeTraced(group).finally(() => {
        this.#writing.delete(lane)
        this.#flush()
      })
      this.#writing.add(lane)
    }
  }

  /** Resolves when nothing is being written or acknowledged. */
  async #idle(): Promise<void> {
    while (this.#writing.size + this.#ending.size > 0) await Promise.all([...this.#writing, ...this.#ending])
  }

  #writeTraced(group: readonly DataMessage<Row>[]): Promise<void> {
    const deliveries = group.map(({ delivery }) => delivery)
    const write = () => this.#write(group)
    return this.#context.tracing?.group(`write ${this.#receiving.stage}`, deliveries, write) ?? write()
  }

  async #write(group: readonly DataMessage<Row>[]): Promise<void> {
    const { digestOf, apply } = this.#receiving
    const generation = group[0]?.headers.generation ?? ''
    const rows = group.flatMap(({ decoded }) => decoded.rows.map(({ value }) => value))
    const isWanted = () => this.#run.targetOf(generation) !== null
    try {
      const results = await this.#persist(
        `writing ${rows.length} rows of`,
        async () => {
          const target = this.#run.targetOf(generation)
          if (target === null) throw new RevalError('RUN_OVER', `generation ${generation} is no longer being built`)
          return apply(target, rows)
        },
        isWanted,
      )
      const account = accountFor(this.#now(), group, results, digestOf)
      await this.#persist('recording rows of', () => this.#record(generation, account), isWanted)
    } catch (error) {
      await this.#giveBack(generation, group, asRevalError(error, 'STORE_FAILED'))
      return
    }
    for (const message of group) this.#end(message)
  }

  /** Acknowledges a message in the background. */
  #end({ delivery, done }: DataMessage<Row>): void {
    const ended: Promise<void> = this.#ends.acknowledge(delivery).finally(() => {
      this.#ending.delete(ended)
      done?.()
    })
    this.#ending.add(ended)
  }

  /** Failures first: once a message is counted, every row of it must be accounted for. */
  async #record(generation: GenerationId, { failures, accounts }: GroupAccount): Promise<void> {
    if (failures.length > 0) await this.#context.ledger.addFailures(failures)
    this.#run.count(this.#receiving.stage, generation, accounts)
    for (const row of failures) this.#context.events.emit('row.failed', { row })
  }

  /** Requeues messages that were not counted, and fails the run: retrying did not help. */
  async #giveBack(generation: GenerationId, group: readonly DataMessage<Row>[], error: RevalError): Promise<void> {
    // After a stop the error says nothing about the run.
    if (!this.#stopping.signal.aborted) this.#run.failed(generation, error)
    for (const { delivery, done } of group) {
      await this.#ends.giveBack(delivery, error)
      done?.()
    }
  }

  /** Retries transient errors until the receiver is stopped, for as long as a stage may make no progress. */
  #persist<T>(doing: string, action: () => Promise<T>, isWanted: () => boolean = () => true): Promise<T> {
    const { clock, settings } = this.#context
    const until = clock.monotonic() + settings.stallMs
    const shouldRetry = () => isWanted() && clock.monotonic() < until
    const { signal } = this.#stopping
    return persist(this.#context, { doing: `${doing} ${this.#queue}`, signal, shouldRetry }, action)
  }
}

function rowsIn({ rows, faults }: DecodedRows<unknown>): number {
  return rows.length + faults.length
}

function rowsOf(group: readonly DataMessage<unknown>[]): number {
  return group.reduce((sum, { headers }) => sum + headers.rows, 0)
}
