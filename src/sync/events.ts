import { EventEmitter } from 'node:events'
import { asRevalError, type RevalError } from '../errors/reval-error.ts'
import type { Channel } from '../ports/changes.ts'
import type { DestinationName } from '../ports/notifications.ts'
import type { SendWithoutRun } from '../ports/processes.ts'
import type { Scheduled, ScheduleOutcome } from '../ports/schedule.ts'
import type {
  Restart,
  Claim,
  FailedRow,
  AliasChange,
  Run,
  Stage,
  StageProgress,
  WriterRequest,
} from '../ports/run-ledger.ts'

/** What happens in the job: for the log, metrics, progress, and commands that wait for the end of a run. */
export interface RunEventMap {
  /** This process is now the writer. */
  'lease.acquired': [{ holder: string; term: number }]
  /** Another process has taken over as writer. */
  'lease.lost': [{ holder: string; term: number }]
  /** The lease was not renewed in time: writes pause until it is, or until another process takes over. */
  'lease.expired': [{ holder: string; term: number }]
  /** The lease was renewed after it had expired, with no takeover in between: writes resume. */
  'lease.regained': [{ holder: string; term: number }]
  /** The writer picked up a run: a new one, or one that an earlier process left. */
  'run.pickedUp': [{ run: Run }]
  /** The run restarts in a new generation. */
  'run.restarted': [{ run: Run; why: Restart }]
  /** The run ended, and its record says how. */
  'run.ended': [{ run: Run }]
  /** The stage started, and the record of the run says so. */
  'stage.started': [{ run: Run; stage: Stage }]
  /** The stage made progress; `run` includes it, but may not be saved yet. */
  'stage.progress': [{ run: Run; stage: Stage; progress: StageProgress }]
  'stage.finished': [{ run: Run; stage: Stage }]
  /** A command was published: `tries` counts from 1. */
  'command.published': [{ run: Run; stage: Stage; tries: number }]
  /** A service claimed a stage. */
  'claim.made': [{ claim: Claim }]
  /** A service finished its stage. */
  'claim.ended': [{ claim: Claim }]
  /** A service failed its stage. */
  'claim.failed': [{ claim: Claim; error: RevalError }]
  /** A Java integration service asked for the rows of a stage, and this process begins to send them. */
  'send.started': [{ send: SendWithoutRun }]
  /** All rows are sent; the end message waits until the receiver has taken them. */
  'send.waiting': [{ send: SendWithoutRun }]
  /** It sent more rows, or the receiver took some while it waits. */
  'send.progress': [{ send: SendWithoutRun }]
  /** It sent the end message, or failed. */
  'send.ended': [{ send: SendWithoutRun }]
  /** A message arrived for a run, generation or attempt that is over. This is not a failure. */
  'message.late': [{ stage: Stage; run: string; attempt: string }]
  'message.deadLettered': [{ queue: string; error: RevalError }]
  /** A batch of live changes was refreshed: rows as written to the live generation, master rows announced. */
  'changes.refreshed': [
    { messages: number; keys: number; written: number; failed: number; published: number; milliseconds: number },
  ]
  /** The oldest change of a channel is older than a minute. */
  'channel.behind': [{ channel: Channel; waiting: number; ageMs: number }]
  /** No change of the channel is older than a minute any more. */
  'channel.recovered': [{ channel: Channel }]
  /** A kept generation missed a change: it is neither promoted nor rolled back to. */
  'generation.stale': [{ generation: string; reason: string }]
  'row.failed': [{ row: FailedRow }]
  /** The aliases are about to move; this is already on record. */
  'aliases.changing': [{ change: AliasChange }]
  /** The aliases moved and were read back. */
  'aliases.changed': [{ change: AliasChange }]
  /** When something is due next, in milliseconds since the epoch. */
  'schedule.next': [{ what: Scheduled; at: number }]
  /** What came of a due time is on record. */
  'schedule.decided': [{ what: Scheduled; outcome: ScheduleOutcome }]
  /** A notification reached one of its destinations. */
  'notification.delivered': [{ id: string; destination: DestinationName }]
  'request.answered': [{ request: WriterRequest }]
  /** Something failed, but not the run: it is tried again. */
  warning: [{ doing: string; error: RevalError }]
}

export type RunEventName = keyof RunEventMap
type Listener<Name extends RunEventName> = (...values: RunEventMap[Name]) => unknown

/** Emits events. A listener that throws or rejects becomes a warning; it affects neither the job nor other listeners. */
export class RunEvents {
  readonly #emitter = new EventEmitter()

  on<Name extends RunEventName>(name: Name, listener: Listener<Name>): void {
    this.#emitter.on(name, listener)
  }

  once<Name extends RunEventName>(name: Name, listener: Listener<Name>): void {
    this.#emitter.once(name, listener)
  }

  off<Name extends RunEventName>(name: Name, listener: Listener<Name>): void {
    this.#emitter.off(name, listener)
  }

  emit<Name extends RunEventName>(name: Name, ...values: RunEventMap[Name]): void {
    // Not by `emit` of the emitter, which stops at the first listener that throws.
    for (const listener of this.#emitter.rawListeners(name) as readonly unknown[] as readonly Listener<Name>[]) {
      try {
        const result = listener.call(this.#emitter, ...values)
        if (result instanceof Promise) result.catch((error: unknown) => this.#report(name, error))
      } catch (error) {
        this.#report(name, error)
      }
    }
  }

  #report(name: RunEventName, error: unknown): void {
    const coded = asRevalError(error)
    // A failed listener of warnings is reported as a warning of Node: the event would loop.
    if (name === 'warning')
      process.emitWarning(`a listener of "warning" failed: ${coded.message}`, { code: coded.code })
    else this.emit('warning', { doing: `notifying a listener of ${name}`, error: coded })
  }
}

export function createRunEvents(): RunEvents {
  return new RunEvents()
}
