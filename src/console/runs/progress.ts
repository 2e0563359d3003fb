import { isOver } from '../../sync/run-state.ts'
import { STAGES, type Run, type Stage } from '../../ports/run-ledger.ts'
import { duration } from '../words/durations.ts'
import { instant, type Instant } from '../words/instants.ts'
import { counted } from '../words/numbers.ts'
import { STAGE_NAMES, stageRows, stagesOf, type StageRow } from './stage-rows.ts'

/** A run in progress in a few figures: its stage, and how far that is. Null if the run is over. */
export interface RunProgress {
  /** Doctors, stage 2 of 6. */
  readonly stage: string
  /** Null if it is not known. */
  readonly percent: number | null
  /** `12,400 of 20,000 rows`; empty if the stage counts none. */
  readonly rows: string
  readonly rate: string
  readonly left: string
  readonly failed: string
  readonly began: Instant
  readonly runningFor: string
}

export function runProgress(run: Run, now: number): RunProgress | null {
  if (isOver(run.state)) return null
  const stages = stagesOf(run)
  const stage: Stage = STAGES.find((each) => each === run.state) ?? 'requested'
  const name = STAGE_NAMES[stage]
  const position = stages.indexOf(stage) + 1
  const current = stageRows(run, now).find(({ name: each }) => each === name)
  const failed = Object.values(run.stages).reduce((sum, { failedRows }) => sum + failedRows, 0)
  return {
    stage: position === 0 ? name : `${name}, stage ${position} of ${stages.length}`,
    percent: current?.percent ?? null,
    rows: rowsText(current),
    rate: current?.rate ?? '',
    left: current?.time ?? '',
    failed: counted(failed, 'failed row'),
    began: instant(run.requestedAt, now),
    runningFor: runningFor(run, now),
  }
}

function rowsText(row: StageRow | undefined): string {
  if (row === undefined || row.rows === '') return ''
  return row.percent === null ? `${row.rows} rows` : `${row.rows} of ${row.expected} rows`
}

export function runningFor({ requestedAt }: Pick<Run, 'requestedAt'>, now: number): string {
  return `running for ${duration((now - requestedAt) / 1000)}`
}

/** How long a run took; null while it is in progress, or if its end is not on record. */
export function secondsOf({ requestedAt, finishedAt }: Pick<Run, 'requestedAt' | 'finishedAt'>): number | null {
  return finishedAt === null ? null : (finishedAt - requestedAt) / 1000
}
