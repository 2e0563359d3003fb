import type { RunView, StageView } from '../app/run-view.ts'
import { count, table } from './output.ts'

const seconds = (value: number | null): string => (value === null ? '-' : `${value.toFixed(1)} s`)

function stageRow(stage: StageView): (string | number | null)[] {
  const expected = stage.expected === null ? null : count(stage.expected)
  const sent = stage.expected !== null || stage.rows > 0
  const rate = stage.rowsPerSecond === null ? null : `${count(stage.rowsPerSecond)}/s`
  const left = stage.finishedAt === null && stage.startedAt !== null ? seconds(stage.secondsLeft) : 'done'
  return [
    stage.stage,
    seconds(stage.seconds),
    sent ? count(stage.rows) : null,
    expected,
    rate,
    count(stage.failedRows),
    left,
  ]
}

/** One run for people: its state, its stages, what it built, why it failed. */
export function runLines(run: RunView): string[] {
  const { counts, failure } = run
  const stages = table(['stage', 'took', 'rows', 'expected', 'rate', 'failed', 'left'], run.stages.map(stageRow))
  const indexes = Object.entries(counts?.indexes ?? {}).map(([name, rows]) => [name, count(rows)])
  return [
    `run ${run.id}: ${run.state}, day ${run.day}, requested ${run.requestedAt ?? ''} by ${run.requestedBy}`,
    ...run.beganAgain.map((reason) => `began again: ${reason}`),
    ...run.unproved.map((stage) => `unproved: the sender of ${stage} told no totals`),
    ...(run.promotedByHand === null ? [] : [`promoted by hand by ${run.promotedByHand.by}: ${run.promotedByHand.why}`]),
    ...stages.map((line) => `  ${line}`),
    ...(indexes.length === 0 ? [] : table(['index', 'rows'], indexes).map((line) => `  ${line}`)),
    ...(failure === null ? [] : [`${failure.code}: ${failure.reason}`, `what to do: ${failure.remedy}`]),
  ]
}

/** Runs for people, one a line. */
export function runsLines(runs: readonly RunView[], kept: ReadonlyMap<string, string>): string[] {
  const rows = runs.map((run) => [
    run.id,
    run.state,
    run.day,
    seconds(run.seconds),
    run.counts === null ? '-' : count(run.counts.indexes.masterdoctorindex),
    kept.get(run.id) ?? '',
    run.failure === null ? '' : run.failure.code,
  ])
  return rows.length === 0 ? ['no runs yet'] : table(['run', 'state', 'day', 'took', 'rows', 'kept', 'failure'], rows)
}
