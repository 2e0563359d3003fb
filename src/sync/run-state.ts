import {
  ENDS,
  STAGES,
  type BeganAgain,
  type Run,
  type RunEnd,
  type RunRequest,
  type RunState,
  type SendStage,
  type Stage,
  type StageProgress,
} from '../ports/run-ledger.ts'

/** The record that a requested run begins with. */
export function newRun(request: RunRequest): Run {
  return {
    ...request,
    state: 'requested',
    finishedAt: null,
    generation: null,
    term: null,
    beginning: 1,
    beganAgain: [],
    stages: {},
    evidence: null,
    failure: null,
    promotedByHand: null,
    unproved: [],
  }
}

/** The run with a stage marked as one whose sender proves nothing. */
export function withUnproved(run: Run, stage: SendStage): Run {
  return run.unproved.includes(stage) ? run : { ...run, unproved: [...run.unproved, stage] }
}

export function isOver(state: RunState): state is RunEnd {
  return (ENDS as readonly RunState[]).includes(state)
}

/** The stage that comes after one; null after the last. */
export function stageAfter(stage: Stage): Stage | null {
  return STAGES[STAGES.indexOf(stage) + 1] ?? null
}

export const NO_PROGRESS: Omit<StageProgress, 'startedAt'> = {
  finishedAt: null,
  attempt: null,
  expected: null,
  messages: 0,
  rows: 0,
  failedRows: 0,
  ownRows: 0,
  lateMessages: 0,
  unjoined: null,
}

/** The run with a stage begun at a time. */
export function withStageStarted(run: Run, stage: Stage, now: number): Run {
  return { ...run, state: stage, stages: { ...run.stages, [stage]: { ...NO_PROGRESS, startedAt: now } } }
}

/** The run with more known of a stage; nothing when the stage never began. */
export function withProgress(run: Run, stage: Stage, progress: Partial<StageProgress>): Run {
  const known = run.stages[stage]
  return known === undefined ? run : { ...run, stages: { ...run.stages, [stage]: { ...known, ...progress } } }
}

/** The run as it begins again, in a generation yet to be made. */
export function begunAgain(run: Run, why: BeganAgain): Run {
  return {
    ...run,
    state: 'requested',
    generation: null,
    term: null,
    beginning: run.beginning + 1,
    beganAgain: [...run.beganAgain, why],
    stages: {},
    evidence: null,
    unproved: [],
  }
}

/** Rows a second since the stage began, and seconds left; null where nothing can be said yet. */
export function pace(progress: StageProgress, now: number): { rate: number | null; secondsLeft: number | null } {
  const seconds = ((progress.finishedAt ?? now) - progress.startedAt) / 1000
  const done = progress.rows + (progress.unjoined?.written ?? 0)
  const rate = seconds > 0 && done > 0 ? done / seconds : null
  if (progress.finishedAt !== null) return { rate, secondsLeft: 0 }
  const expected = progress.expected === null ? null : progress.expected + (progress.unjoined?.of ?? 0)
  const left = expected === null ? null : Math.max(0, expected - done)
  return { rate, secondsLeft: rate === null || left === null ? null : left / rate }
}
