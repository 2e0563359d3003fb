import { EventEmitter } from 'node:events'
import type { RevalError } from '../errors/reval-error.ts'
import type { Claim, FailedRow, NameChange, Run, Stage, StageProgress, WriterRequest } from '../ports/run-ledger.ts'

/** What happens in the job, for the log, the metrics and the progress shown to people. Never used to steer it. */
export interface RunEventMap {
  /** This process has become the one that writes. */
  'writer.taken': [{ holder: string }]
  /** This process is no longer the one that writes: its lease was taken over or could not be renewed. */
  'writer.lost': [{ holder: string }]
  /** The writer takes up a run: a new one, or one that a former process left. */
  'run.taken': [{ run: Run }]
  /** The run begins again in a fresh generation. */
  'run.beganAgain': [{ run: Run; reason: string }]
  /** The run's record says that it is live, failed or cancelled. */
  'run.ended': [{ run: Run }]
  /** The run's record says that the stage has begun. */
  'stage.started': [{ run: Run; stage: Stage }]
  /** More of the stage is done; `run` has the progress in it, not necessarily stored yet. */
  'stage.progress': [{ run: Run; stage: Stage; progress: StageProgress }]
  'stage.finished': [{ run: Run; stage: Stage }]
  /** A command was published: `tries` counts from 1. */
  'command.published': [{ run: Run; stage: Stage; tries: number }]
  /** A service took a stage, and sends. */
  'claim.taken': [{ claim: Claim }]
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
  trouble: [{ doing: string; error: RevalError }]
}

export type RunEvents = EventEmitter<RunEventMap>

export function createRunEvents(): RunEvents {
  return new EventEmitter<RunEventMap>()
}
