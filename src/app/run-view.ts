import { ERROR_CODES } from '../errors/codes.ts'
import type { GenerationCounts, Profile } from '../domain/profile.ts'
import {
  STAGES,
  type Restart,
  type Run,
  type RunEvidence,
  type Stage,
  type StageProgress,
} from '../ports/run-ledger.ts'
import { isOver, pace } from '../sync/run-state.ts'

const instant = (time: number | null) => (time === null ? null : new Date(time).toISOString())
const rounded = (value: number | null) => (value === null ? null : Math.round(value * 10) / 10)

export interface StageView {
  readonly stage: Stage
  readonly startedAt: string | null
  readonly finishedAt: string | null
  readonly seconds: number | null
  /** Rows that the sender expects to send; null before its claim, and for stages without a sender. */
  readonly expected: number | null
  readonly rows: number
  readonly messages: number
  readonly failedRows: number
  readonly lateMessages: number
  /** Trainees without a doctor, written at the end of `doctors`. */
  readonly unjoined: StageProgress['unjoined']
  readonly rowsPerSecond: number | null
  readonly secondsLeft: number | null
}

/** A run as in HTTP responses and `--json`: instants as ISO 8601, durations in seconds. */
export interface RunView {
  readonly id: string
  readonly state: Run['state']
  readonly day: string
  readonly requestedAt: string | null
  readonly requestedBy: string
  readonly finishedAt: string | null
  readonly seconds: number
  readonly generation: string | null
  readonly restarts: readonly (Omit<Restart, 'at'> & { readonly at: string | null })[]
  /** Why the run was expected to differ from live; null if it was not. */
  readonly expect: string | null
  readonly stages: readonly StageView[]
  readonly counts: GenerationCounts | null
  readonly evidence: RunEvidence | null
  readonly failure: (NonNullable<Run['failure']> & { readonly remedy: string }) | null
  readonly decision: Run['decision']
  /** The stages whose sender reported no totals, so that completeness is not proved. */
  readonly unproved: readonly Stage[]
}

function stageView(stage: Stage, progress: StageProgress, now: number): StageView {
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
    failure: run.failure && { ...run.failure, remedy: ERROR_CODES[run.failure.code] },
    decision: run.decision,
    unproved: run.unproved,
  }
}
