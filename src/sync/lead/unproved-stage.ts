import type { DataHeaders } from '../../messages/headers.ts'
import type { Receipt, Run, SendStage } from '../../ports/run-ledger.ts'
import type { SyncContext } from '../context.ts'

/** What is said in place of an attempt where a sender says nothing: another in each beginning of a run. */
export function unprovedAttempt({ beginning }: Pick<Run, 'beginning'>): string {
  return `unproved-${beginning}`
}

/** The attempt whose one receipt says that the end message came. */
function endAttempt(run: Pick<Run, 'beginning'>): string {
  return `${unprovedAttempt(run)}-end`
}

/** Two writers of one run begin to count at places so far apart that what they count is distinct. */
const PLACES = 2 ** 21
const BETWEEN_PLACES = 2 ** 31

/**
 * What came for one stage of one generation from a sender without headers, as the reference's services are: the rows
 * get receipts of an attempt that stands for the sender, numbered as they come, and so does the end message. A message
 * that comes twice has two receipts: nothing proves such a stage.
 */
export class UnprovedStage {
  readonly attempt: string
  private readonly context: SyncContext
  private readonly run: Run
  private readonly stage: SendStage
  private sequence = Math.floor(Math.random() * PLACES) * BETWEEN_PLACES
  private atWork = 0
  private anythingCame = false
  private endCame = false
  private movedAt: number

  constructor(context: SyncContext, run: Run, stage: SendStage) {
    this.context = context
    this.run = run
    this.stage = stage
    this.attempt = unprovedAttempt(run)
    this.movedAt = context.clock.now()
  }

  /** Whether something of such a sender has come in this generation. */
  get hasCome(): boolean {
    return this.anythingCame
  }

  get hasEnded(): boolean {
    return this.endCame
  }

  /** When a message came or was done with last, and now while one is being written. */
  get lastMoved(): number {
    return this.atWork > 0 ? this.context.clock.now() : this.movedAt
  }

  /** Finds what a former writer put on record. */
  async remember(): Promise<void> {
    const { ledger } = this.context
    const rows = await ledger.manifest(this.run.id, this.stage, this.attempt)
    const ends = await ledger.manifest(this.run.id, this.stage, endAttempt(this.run))
    this.endCame ||= ends.messages > 0
    this.anythingCame ||= this.endCame || rows.messages > 0
  }

  /** A message came; it is at work until `done`. */
  came(): void {
    this.anythingCame = true
    this.atWork += 1
  }

  done(): void {
    this.atWork -= 1
    this.movedAt = this.context.clock.now()
  }

  /** The headers that a message of so many rows would have had. */
  headersOf(rows: number): DataHeaders {
    const { id: run, generation } = this.run
    const sequence = (this.sequence += 1)
    return { kind: 'data', run, generation: generation ?? '', attempt: this.attempt, sequence, rows }
  }

  /** Puts the end message on record, for whoever is the writer then. */
  async end(): Promise<void> {
    const { id: run } = this.run
    const none = { rows: 0, failedRows: 0, ownRows: 0 }
    const receipt: Receipt = { run, stage: this.stage, attempt: endAttempt(this.run), sequence: 1, ...none }
    await this.context.ledger.addReceipts([receipt])
    this.endCame = true
  }
}
