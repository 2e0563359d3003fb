import { maskedReason } from '../../errors/masked.ts'
import type { RevalError } from '../../errors/reval-error.ts'
import type { SendWithoutRun } from '../../ports/processes.ts'
import type { SendStage } from '../../ports/run-ledger.ts'
import type { SyncContext } from '../context.ts'

type Context = Pick<SyncContext, 'clock' | 'events'>

/** Emits how far a send without a run has got: for the log, and for the record of the process. */
export class SendReport {
  readonly #context: Context
  #send: SendWithoutRun

  /** The send starts. */
  constructor(context: Context, stage: SendStage) {
    this.#context = context
    const figures = { rows: 0, failedRows: 0, inQueue: null, endedAt: null, failure: null }
    this.#send = { stage, startedAt: context.clock.now(), state: 'sending', ...figures }
    context.events.emit('send.started', { send: this.#send })
  }

  sent({ rows, failedRows }: Pick<SendWithoutRun, 'rows' | 'failedRows'>): void {
    this.#progress({ rows: this.#send.rows + rows, failedRows: this.#send.failedRows + failedRows })
  }

  waiting(inQueue: number): void {
    const isFirst = this.#send.state !== 'waiting'
    if (isFirst || this.#send.inQueue !== inQueue) this.#progress({ state: 'waiting', inQueue })
    if (isFirst) this.#context.events.emit('send.waiting', { send: this.#send })
  }

  finished(): void {
    this.#end({ state: 'sent', inQueue: null })
  }

  failed({ code, message }: RevalError): void {
    this.#end({ state: 'failed', failure: { code, reason: maskedReason(code, message) } })
  }

  #progress(next: Partial<SendWithoutRun>): void {
    this.#send = { ...this.#send, ...next }
    this.#context.events.emit('send.progress', { send: this.#send })
  }

  #end(how: Pick<SendWithoutRun, 'state'> & Partial<SendWithoutRun>): void {
    this.#send = { ...this.#send, ...how, endedAt: this.#context.clock.now() }
    this.#context.events.emit('send.ended', { send: this.#send })
  }
}
