import { londonDay } from '../../../domain/day.ts'
import type { Run, Stage } from '../../../ports/run-ledger.ts'
import { durationsFigure, rowsFigure, type Figure } from '../../charts/figure.ts'
import type { Outcome as BarOutcome, Part, RunDuration } from '../../charts/run-durations.ts'
import { secondsOf } from '../../runs/progress.ts'
import { runTime } from '../../runs/run-name.ts'
import { dayInWords } from '../../words/instants.ts'
import { outcomeOf, type Outcome } from './query.ts'

const BARS = {
  live: 'finished',
  'held back': 'held back',
  failed: 'failed',
  cancelled: 'cancelled',
  verified: 'finished',
} as const satisfies Readonly<Record<Outcome, BarOutcome>>

const PARTS = {
  trainees: 'Trainees',
  doctors: 'Doctors',
  lists: 'Lists',
  checking: 'Checks',
  'catching up': 'Checks',
  comparing: 'Checks',
  promoting: 'Checks',
} as const satisfies Readonly<Record<Exclude<Stage, 'requested'>, Part>>

/** The charts of the runs, given newest first. A verification is other work, and one in progress has no length yet. */
export function historyFigures(runs: readonly Run[]): readonly Figure[] {
  const shown = runs.filter(({ purpose, state }) => purpose !== 'verify' && outcomeOf({ state }) !== null).toReversed()
  const durations = shown.flatMap((run) => barOf(run) ?? [])
  const rows = shown.map((run) => ({
    name: runTime(run),
    axis: axisDay(run),
    rows: run.evidence?.profile.indexes.masterdoctorindex ?? null,
  }))
  return [durationsFigure(durations), rowsFigure(rows)].filter((figure) => figure !== null)
}

function barOf(run: Run): RunDuration | null {
  const seconds = secondsOf(run)
  const outcome = outcomeOf(run)
  if (seconds === null || outcome === null) return null
  const parts: Record<Part, number> = { Trainees: 0, Doctors: 0, Lists: 0, Checks: 0 }
  for (const [stage, part] of Object.entries(PARTS) as [keyof typeof PARTS, Part][]) {
    const progress = run.stages[stage]
    if (progress?.finishedAt != null) parts[part] += (progress.finishedAt - progress.startedAt) / 1000
  }
  const bar = BARS[outcome]
  if (bar === 'finished' || bar === 'held back') addRest(parts, seconds)
  return { name: runTime(run), axis: axisDay(run), outcome: bar, seconds, parts }
}

/** What passes between stages is mostly waiting for checks; stages that overlap take no more than the run did. */
function addRest(parts: Record<Part, number>, seconds: number): void {
  let left = seconds
  for (const part of ['Trainees', 'Doctors', 'Lists'] as const) {
    parts[part] = Math.min(parts[part], left)
    left -= parts[part]
  }
  parts.Checks = left
}

/** 26 November: the year stands in the table. */
function axisDay({ requestedAt }: Run): string {
  return dayInWords(londonDay(requestedAt)).replace(/ \d+$/, '')
}
