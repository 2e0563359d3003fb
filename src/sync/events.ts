import { EventEmitter } from 'node:events'
import { asRevalError, type RevalError } from '../errors/reval-error.ts'
import type {
  Restart,
  Claim,
  FailedRow,
  NameChange,
  Run,
  Stage,
  StageProgress,
  WriterRequest,
} from '../ports/run-ledger.ts'

/** What happens in the job, for the log, the metrics and the progress shown to people. */
export interface RunEventMap {
  /** This process has become the one that writes. */
  'lease.acquired': [{ holder: string; term: number }]
  /** This process is no longer the one that writes: its lease was taken over. */
  'lease.lost': [{ holder: string; term: number }]
  /** The lease could not be renewed in time: nothing is written until it is, or until another takes it over. */
  'lease.expired': [{ holder: string; term: number }]
  /** The lease was renewed after all, and nobody had it meanwhile: the work goes on. */
  'lease.regained': [{ holder: string; term: number }]
  /** The writer takes up a run: a new one, or one that a former process left. */
  'run.pickedUp': [{ run: Run }]
  /** The run begins again in a fresh generation. */
  'run.restarted': [{ run: Run; why: Restart }]
  /** The run's record says how it ended. */
  'run.ended': [{ run: Run }]
  /** The run's record says that the stage has begun. */
  'stage.started': [{ run: Run; stage: Stage }]
  /** More of the stage is done; `run` has the progress in it, not necessarily stored yet. */
  'stage.progress': [{ run: Run; stage: Stage; progress: StageProgress }]
  'stage.finished': [{ run: Run; stage: Stage }]
  /** A command was published: `tries` counts from 1. */
  'command.published': [{ run: Run; stage: Stage; tries: number }]
  /** A service took a stage, and sends. */
  'claim.made': [{ claim: Claim }]
  /** A service sent all of its stage. */
  'claim.ended': [{ claim: Claim }]
  /** A service gave its stage up. */
  'claim.failed': [{ claim: Claim; error: RevalError }]
  /** A message of a run, generation or attempt that is over. No failure. */
  'message.late': [{ stage: Stage; run: string; attempt: string }]
  'message.deadLettered': [{ queue: string; error: RevalError }]
  'row.failed': [{ row: FailedRow }]
  /** The names are about to move; the ledger says so already. */
  'names.changing': [{ change: NameChange }]
  /** The names moved and were read back. */
  'names.changed': [{ change: NameChange }]
  'request.answered': [{ request: WriterRequest }]
  /** Something went wrong that does not fail the run, and is tried again. */
  warning: [{ doing: string; error: RevalError }]
}

export type RunEventName = keyof RunEventMap
type Listener<Name extends RunEventName> = (...values: RunEventMap[Name]) => unknown

/**
 * Tells listeners what happens, and keeps the job from what they do: one that throws, or whose promise rejects, is told
 * of as trouble, and the others are called all the same.
 */
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
    // Each is called by itself: the emitter's own way ends with the first that throws.
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
    // Who listens for trouble and throws is told by the process itself: there is nobody else left.
    if (name === 'warning')
      process.emitWarning(`a listener of "trouble" failed: ${coded.message}`, { code: coded.code })
    else this.emit('warning', { doing: `notifying a listener of ${name}`, error: coded })
  }
}

export function createRunEvents(): RunEvents {
  return new RunEvents()
}
