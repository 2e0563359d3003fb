import type { RunView, StageView } from '../app/run-view.ts'
import type { RunEvidence } from '../ports/run-ledger.ts'
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

/** A run as text: state, stages, indexes, why it failed. */
export function runLines(run: RunView): string[] {
  const { counts, failure } = run
  const stages = table(['stage', 'took', 'rows', 'expected', 'rate', 'failed', 'left'], run.stages.map(stageRow))
  const indexes = Object.entries(counts?.indexes ?? {}).map(([name, rows]) => [name, count(rows)])
  return [
    `run ${run.id}: ${run.state}, day ${run.day}, requested ${run.requestedAt ?? ''} by ${run.requestedBy}`,
    ...(run.expect === null ? [] : [`expected: ${run.expect}`]),
    ...run.restarts.map(({ cause, reason }) => `restarted after a ${cause}: ${reason}`),
    ...run.unproved.map((stage) => `unproved: the sender of ${stage} reported no totals`),
    ...(run.decision === null ? [] : [`${run.decision.action} by ${run.decision.by}: ${run.decision.why}`]),
    ...(run.stages.length === 0 ? [] : stages.map((line) => `  ${line}`)),
    ...(indexes.length === 0 ? [] : table(['index', 'rows'], indexes).map((line) => `  ${line}`)),
    ...(run.evidence === null ? [] : evidenceLines(run.evidence)),
    ...(failure === null ? [] : [`${failure.code}: ${failure.reason}`, `what to do: ${failure.remedy}`]),
  ]
}

/** The evidence of the checks as text: digests, rows read back, figures that differ from the live run. */
function evidenceLines({ comparedWith, findings, digests, readBack, accepted }: RunEvidence): string[] {
  const compared = `digests of ${count(digests.compared)} messages, ${count(digests.different)} different`
  const skipped = digests.skipped === 0 ? '' : `, ${count(digests.skipped)} skipped`
  const read = `${count(readBack.rows)} rows read back, ${count(readBack.different.length)} different`
  const rows = findings.map(({ verdict, figure, before, now, why }) => [verdict, figure, before, now, why])
  return [
    `checked: ${compared}${skipped}; ${read}`,
    comparedWith === null
      ? 'not compared: no generation was live'
      : `compared with ${comparedWith === 'existing indexes' ? `the ${comparedWith}` : `run ${comparedWith.run}`}:`,
    ...(comparedWith !== null && findings.length === 0 ? ['  all figures match'] : []),
    ...(findings.length === 0
      ? []
      : table(['verdict', 'figure', 'before', 'now', 'why'], rows).map((line) => `  ${line}`)),
    ...(accepted === null ? [] : [`accepted as expected: ${accepted.reason}`]),
  ]
}

/** Runs as text, one per line. */
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
  return rows.length === 0 ? ['No runs yet'] : table(['run', 'state', 'day', 'took', 'rows', 'kept', 'failure'], rows)
}
