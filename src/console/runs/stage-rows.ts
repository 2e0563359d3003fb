import { STAGES, type Run, type Stage, type StageProgress } from '../../ports/run-ledger.ts'
import { isOver, pace } from '../../sync/run-state.ts'
import { duration, timeLeft } from '../words/durations.ts'
import { count, NOT_KNOWN, percentDone, rate } from '../words/numbers.ts'

export const STAGE_NAMES = {
  requested: 'Waiting',
  trainees: 'Trainees',
  doctors: 'Doctors',
  lists: 'Lists',
  checking: 'Checks',
  'catching up': 'Catching up',
  comparing: 'Comparing',
  promoting: 'Going live',
} as const satisfies Readonly<Record<Stage, string>>

export type StageState = 'Done' | 'Running' | 'Not started' | 'Stopped'

/** A stage of a run as a row of its table. Texts are empty where a stage has nothing to count. */
export interface StageRow {
  /** In the ids of its figures: `stage-doctors-rows`. */
  readonly id: string
  readonly name: string
  readonly state: StageState
  readonly rows: string
  readonly expected: string
  /** Null if the stage counts no rows, or does not know how many it expects. */
  readonly percent: number | null
  readonly rate: string
  /** How long it took, or the time left. */
  readonly time: string
  readonly failed: string
  readonly messages: string
  readonly late: string
}

/** Stages that count rows; `lists` does if tables are filled. */
const COUNTING: readonly Stage[] = ['trainees', 'doctors', 'comparing']
const SENDING: readonly Stage[] = ['trainees', 'doctors']
/** Stages that every run with this purpose has. Others appear once a run has been in them. */
const PLANNED = {
  sync: ['trainees', 'doctors', 'lists', 'checking', 'catching up', 'promoting'],
  preview: ['trainees', 'doctors', 'lists', 'checking', 'catching up', 'comparing'],
  verify: ['trainees', 'doctors', 'checking', 'catching up', 'comparing'],
} as const satisfies Readonly<Record<Run['purpose'], readonly Stage[]>>

/** The stages of a run, in order, those that it has not reached included. */
export function stagesOf(run: Pick<Run, 'purpose' | 'stages'>): readonly Stage[] {
  const planned: readonly Stage[] = PLANNED[run.purpose]
  return STAGES.filter((stage) => stage !== 'requested' && (planned.includes(stage) || run.stages[stage] !== undefined))
}

export function stageRows(run: Run, now: number): readonly StageRow[] {
  return stagesOf(run).map((stage) => stageRow(run, stage, now))
}

function stageRow(run: Run, stage: Stage, now: number): StageRow {
  const id = `stage-${stage.replaceAll(' ', '-')}`
  const progress = run.stages[stage]
  const name = STAGE_NAMES[stage]
  if (progress === undefined) return { id, name, state: 'Not started', ...NOTHING }
  const state = progress.finishedAt !== null ? endedState(run, stage) : isOver(run.state) ? 'Stopped' : 'Running'
  const time = timeText(progress, state, now)
  if (!COUNTING.includes(stage) && !fillsTables(stage, progress)) return { id, name, state, ...NOTHING, time }
  const figures = rowFigures(progress, now)
  return {
    id,
    name,
    state,
    ...figures,
    time,
    failed: count(progress.failedRows),
    messages: SENDING.includes(stage) ? count(progress.messages) : '',
    late: SENDING.includes(stage) ? count(progress.lateMessages) : '',
  }
}

/** Whether a run whose lists are tables fills them in this stage. */
function fillsTables(stage: Stage, { expected }: StageProgress): boolean {
  return stage === 'lists' && expected !== null
}

const NOTHING = {
  rows: '',
  expected: '',
  percent: null,
  rate: '',
  time: '',
  failed: '',
  messages: '',
  late: '',
} as const

/** The stage in which a run failed or was cancelled has an end too. */
function endedState({ state, failure }: Run, stage: Stage): StageState {
  const stopped = (state === 'failed' || state === 'cancelled') && failure?.stage === stage
  return stopped ? 'Stopped' : 'Done'
}

function timeText(progress: StageProgress, state: StageState, now: number): string {
  const { startedAt, finishedAt, expected } = progress
  if (finishedAt !== null) return `took ${duration((finishedAt - startedAt) / 1000)}`
  if (state === 'Stopped') return ''
  return expected === null ? `for ${duration((now - startedAt) / 1000)}` : timeLeft(pace(progress, now).secondsLeft)
}

/** Rows, and trainees without a doctor that are written at the end of a stage, which have rows too. */
export function rowFigures(
  progress: StageProgress,
  now: number,
): Pick<StageRow, 'rows' | 'expected' | 'percent' | 'rate'> {
  const { expected, unjoined } = progress
  const rows = progress.rows + (unjoined?.written ?? 0)
  const all = expected === null ? null : expected + (unjoined?.of ?? 0)
  return {
    rows: count(rows),
    expected: count(all),
    percent: percentDone(rows, all),
    rate: progress.finishedAt === null || rows > 0 ? rate(pace(progress, now).rate) : NOT_KNOWN,
  }
}
