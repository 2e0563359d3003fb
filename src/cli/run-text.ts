import type { RunView, StageView } from '../app/run-view.ts'
import { comparisonSentence, listLines, summaryLines } from './comparison-text.ts'
import { stateColour, UNPAINTED, type Kept } from './colour.ts'
import { evidenceLines, type Detail } from './evidence-text.ts'
import { count, indented, table } from './output.ts'
import { verifyLines } from './verify-text.ts'

const seconds = (value: number | null): string => (value === null ? '-' : `${value.toFixed(1)} s`)

/** A run as text: its state, stages, indexes and checks. */
export function runLines(run: RunView, detail: Detail, paint = UNPAINTED): string[] {
  const { counts, evidence, comparison, verification } = run
  const indexes = Object.entries(counts?.indexes ?? {}).map(([name, rows]) => [name, count(rows)])
  return [
    `run ${run.id}: ${paint(stateColour(run.state), run.state)}, day ${run.day}, requested ${run.requestedAt ?? ''} by ${run.requestedBy}`,
    ...purposeLines(run),
    ...(run.expect === null ? [] : [`expected: ${run.expect}`]),
    ...run.restarts.map(({ cause, reason }) => `restarted after a ${cause}: ${reason}`),
    ...run.unproved.map((stage) => `unproved: the sender of ${stage} reported no totals`),
    ...decisionLines(run),
    ...(run.stages.length === 0 ? [] : indented(stageLines(run))),
    ...(indexes.length === 0 ? [] : indented(table(['index', 'rows'], indexes))),
    ...(evidence === null ? [] : evidenceLines(evidence, detail)),
    ...(comparison === null ? [] : comparisonLines(comparison, detail)),
    ...(verification === null ? [] : verifyLines(verification, [])),
    ...failureLines(run),
  ]
}

/** What was announced and received, once it is known; until then what is expected. */
function stageLines({ stages, evidence, finishedAt }: RunView): string[] {
  const proof = (stage: StageView) =>
    stage.stage === 'trainees' || stage.stage === 'doctors' ? evidence?.stages?.[stage.stage] : undefined
  const rows = stages.map((stage) => {
    const { expected, rows: received, failedRows, lateMessages, rowsPerSecond } = stage
    const announced = proof(stage)?.announced.rows ?? expected
    const sent = announced !== null || received > 0
    const digests = proof(stage)?.digests
    return [
      stage.stage,
      seconds(stage.seconds),
      announced === null ? null : count(announced),
      ...(sent ? [received, failedRows, lateMessages].map(count) : [null, null, null]),
      ...(evidence?.stages == null
        ? []
        : [digests?.compared, digests?.different, digests?.skipped].map((each) =>
            each === undefined ? null : count(each),
          )),
      rowsPerSecond === null ? null : `${count(rowsPerSecond)}/s`,
      ...(finishedAt === null ? [leftOf(stage)] : []),
    ]
  })
  const header = [
    ...['stage', 'took', evidence?.stages == null ? 'expected' : 'announced', 'received', 'failed', 'late messages'],
    ...(evidence?.stages == null ? [] : ['digests compared', 'different', 'skipped']),
    'rate',
    ...(finishedAt === null ? ['left'] : []),
  ]
  return table(header, rows)
}

function leftOf({ startedAt, finishedAt, secondsLeft }: StageView): string {
  return finishedAt === null && startedAt !== null ? seconds(secondsLeft) : 'done'
}

/** How its generation differed from live: by designated body and field too, where all figures are wanted. */
function comparisonLines(
  { with: { run }, day, summary }: NonNullable<RunView['comparison']>,
  detail: Detail,
): string[] {
  const { missing, surplus, different } = summary
  const lines = detail === 'all figures' ? summaryLines(summary) : listLines(summary)
  const sentence = `compared with live run ${run}, lists of ${day}: ${comparisonSentence(summary)}`
  return [sentence, ...(missing + surplus + different === 0 ? [] : lines)]
}

/** What it is for: it may be in progress, or have failed. */
function purposeLines({ purpose, repair }: RunView): string[] {
  if (purpose === 'preview') return ['preview: to be held back for a decision']
  if (purpose !== 'verify') return []
  const then = { promote: 'then promoted if live differs', rows: 'and the rows that differ to be refreshed' }
  return [`verification: to be compared with live, ${repair === null ? 'then dropped' : then[repair]}`]
}

function decisionLines({ decision }: RunView): string[] {
  if (decision === null) return []
  const { action, by, why, at } = decision
  return [`${action} by ${by}${at === null ? '' : `, ${at}`}: ${why === '' ? 'no reason given' : why}`]
}

/** A run that was held back and then promoted or discarded needs nothing more. */
function failureLines({ failure, decision }: RunView): string[] {
  if (failure === null) return []
  const found = `${failure.code}: ${failure.reason}`
  return decision === null ? [found, `what to do: ${failure.remedy}`] : [found]
}

/** Runs as text, one per line. */
export function runsLines(runs: readonly RunView[], kept: ReadonlyMap<string, Kept>, paint = UNPAINTED): string[] {
  const rows = runs.map((run) => [
    run.id,
    run.state,
    run.day,
    seconds(run.seconds),
    run.counts === null ? '-' : count(run.counts.indexes.masterdoctorindex),
    kept.get(run.id) ?? '',
    run.failure === null ? '' : run.failure.code,
  ])
  if (rows.length === 0) return ['No runs yet']
  const header = ['run', 'state', 'day', 'took', 'rows', 'kept', 'code']
  return table(header, rows, undefined, (cell, row, column) => {
    const run = runs[row]
    const isState = run !== undefined && header[column] === 'state'
    return isState ? paint(stateColour(run.state, kept.get(run.id) ?? null), cell) : cell
  })
}
