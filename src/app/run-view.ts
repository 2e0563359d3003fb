import type * as z from 'zod'
import { ERROR_CODES } from '../errors/codes.ts'
import type { GenerationCounts, Profile } from '../domain/profile.ts'
import { STAGES, type Run, type Stage, type StageProgress } from '../ports/run-ledger.ts'
import { isOver, pace } from '../sync/run-state.ts'
import type { RUN, STAGE } from './json/run.ts'
import { comparisonView, verificationView } from './verification-view.ts'
import { instant } from './json/parts.ts'

const rounded = (value: number | null) => (value === null ? null : Math.round(value * 10) / 10)

export type StageView = z.infer<typeof STAGE>

/** A run as in HTTP responses and `--json`: instants as ISO 8601, durations in seconds. */
export type RunView = z.infer<typeof RUN>

export function stageView(stage: Stage, progress: StageProgress, now: number): StageView {
  const { startedAt, finishedAt, expected, rows, messages, failedRows, lateMessages, unjoined } = progress
  const { rate, secondsLeft } = pace(progress, now)
  return {
    stage,
    startedAt: instant(startedAt),
    finishedAt: instant(finishedAt),
    seconds: rounded(((finishedAt ?? now) - startedAt) / 1000),
    expected,
    rows,
    messages,
    failedRows,
    lateMessages,
    unjoined,
    rowsPerSecond: rounded(rate),
    secondsLeft: rounded(secondsLeft),
  }
}

function countsOf({ withTrainee, withoutTrainee, indexes, withReason }: Profile): GenerationCounts {
  return { withTrainee, withoutTrainee, indexes, withReason }
}

/** The view of a run at an instant (milliseconds since the epoch). */
export function runView(run: Run, now: number): RunView {
  const until = run.finishedAt ?? (isOver(run.state) ? run.requestedAt : now)
  return {
    id: run.id,
    purpose: run.purpose,
    repair: run.repair,
    state: run.state,
    day: run.day,
    requestedAt: instant(run.requestedAt),
    requestedBy: run.requestedBy,
    finishedAt: instant(run.finishedAt),
    seconds: Math.round((until - run.requestedAt) / 100) / 10,
    generation: run.generation,
    restarts: run.restarts.map((each) => ({ ...each, at: instant(each.at) })),
    expect: run.expect,
    stages: STAGES.flatMap((stage) => {
      const progress = run.stages[stage]
      return progress === undefined ? [] : [stageView(stage, progress, now)]
    }),
    counts: run.evidence && countsOf(run.evidence.profile),
    evidence: run.evidence,
    comparison: run.comparison && comparisonView(run.comparison),
    verification: run.verification && verificationView(run.verification),
    failure: run.failure && { ...run.failure, remedy: ERROR_CODES[run.failure.code] },
    decision: run.decision && { ...run.decision, at: instant(run.decision.at) },
    unproved: run.unproved,
  }
}
