import type { RevalError } from '../errors/reval-error.ts'
import {
  ENDS,
  STAGES,
  type Restart,
  type Run,
  type RunEnd,
  type RunRequest,
  type RunState,
  type SendStage,
  type Stage,
  type StageProgress,
} from '../ports/run-ledger.ts'

/** The first record of a requested run. */
export function newRun(request: RunRequest): Run {
  return {
    ...request,
    state: 'requested',
    finishedAt: null,
    generation: null,
    term: null,
    restarts: [],
    stages: {},
    evidence: null,
    failure: null,
    comparison: null,
    verification: null,
    decision: null,
    unproved: [],
  }
}

/** The run with a stage marked as unproved. */
export function withUnproved(run: Run, stage: SendStage): Run {
  return run.unproved.includes(stage) ? run : { ...run, unproved: [...run.unproved, stage] }
}

export function isOver(state: RunState): state is RunEnd {
  return (ENDS as readonly RunState[]).includes(state)
}

/** The stage that comes after one, without those that are skipped; null after the last. */
export function stageAfter(stage: Stage, skipped: readonly Stage[] = []): Stage | null {
  return STAGES.slice(STAGES.indexOf(stage) + 1).find((each) => !skipped.includes(each)) ?? null
}

export const NO_PROGRESS: Omit<StageProgress, 'startedAt'> = {
  finishedAt: null,
  attempt: null,
  expected: null,
  messages: 0,
  rows: 0,
  failedRows: 0,
  withoutTrainee: 0,
  lateMessages: 0,
  unjoined: null,
}

/** The run once a stage has started. */
export function withStageStarted(run: Run, stage: Stage, now: number): Run {
  return { ...run, state: stage, stages: { ...run.stages, [stage]: { ...NO_PROGRESS, startedAt: now } } }
}

/** The run with updated progress of a stage; unchanged if the stage never started. */
export function withProgress(run: Run, stage: Stage, progress: Partial<StageProgress>): Run {
  const known = run.stages[stage]
  return known === undefined ? run : { ...run, stages: { ...run.stages, [stage]: { ...known, ...progress } } }
}

/** How a run ends: `error` says why unless it is as it should be, `stage` where, by default in the stage that the run is in. */
export interface RunOver {
  readonly state: RunEnd
  readonly error: Pick<RevalError, 'code' | 'message'> | null
  readonly stage: Stage | null
  readonly at: number
}

/** The run once it has ended. */
export function withEnd(run: Run, { state, error, stage, at }: RunOver): Run {
  const ended = isOver(run.state) ? 'requested' : run.state
  const failure = error && { code: error.code, reason: error.message, stage: stage ?? ended }
  return { ...withProgress(run, ended, { finishedAt: at }), state, finishedAt: at, failure }
}

/** The run once it restarts; its next generation is not created yet. */
export function withRestart(run: Run, why: Restart): Run {
  return {
    ...run,
    state: 'requested',
    generation: null,
    term: null,
    restarts: [...run.restarts, why],
    stages: {},
    evidence: null,
    comparison: null,
    unproved: [],
  }
}

/** Rows per second since the stage started, and seconds left; null while unknown. */
export function pace(progress: StageProgress, now: number): { rate: number | null; secondsLeft: number | null } {
  const seconds = ((progress.finishedAt ?? now) - progress.startedAt) / 1000
  const done = progress.rows + (progress.unjoined?.written ?? 0)
  const rate = seconds > 0 && done > 0 ? done / seconds : null
  if (progress.finishedAt !== null) return { rate, secondsLeft: 0 }
  const expected = progress.expected === null ? null : progress.expected + (progress.unjoined?.of ?? 0)
  const left = expected === null ? null : Math.max(0, expected - done)
  return { rate, secondsLeft: rate === null || left === null ? null : left / rate }
}
