import type { Writable } from 'node:stream'
import { MultiBar, Presets, type SingleBar } from 'cli-progress'
import { stageView, type RunView, type StageView } from '../app/run-view.ts'
import type { Run, Stage } from '../ports/run-ledger.ts'
import type { RunEvents } from '../sync/events.ts'
import type { Output } from './output.ts'
import { count } from './output.ts'

/** Stages that count rows; the others take a moment. */
const COUNTED: readonly Stage[] = ['trainees', 'doctors']

/** Whether a stage counts rows: `lists` does if tables are filled. */
function countsRows({ stage, expected }: StageView): boolean {
  return COUNTED.includes(stage) || (stage === 'lists' && expected !== null)
}

const LINE_EVERY_MS = 2_000

/** Shows the progress of a run as it becomes known. */
export interface Progress {
  stage(view: StageView): void
  restarted(reason: string): void
  stop(): void
}

/** Shows the progress of a run on standard error: bars on a terminal, otherwise lines; nothing with `--json`. */
export function showProgress(output: Output): Progress {
  if (output.json) return { stage: () => undefined, restarted: () => undefined, stop: () => undefined }
  return output.terminal === null ? showLines(output) : showBars(output.terminal)
}

/** Shows the progress that the process that leads a run announces. */
export function showEvents(events: RunEvents, progress: Progress): void {
  const show = (run: Run, stage: Stage, found = run.stages[stage]) => {
    if (found !== undefined) progress.stage(stageView(stage, found, Date.now()))
  }
  events.on('stage.started', ({ run, stage }) => show(run, stage))
  events.on('stage.progress', ({ run, stage, progress: found }) => show(run, stage, found))
  events.on('stage.finished', ({ run, stage }) => show(run, stage))
  events.on('run.restarted', ({ why }) => progress.restarted(why.reason))
}

/** Shows what changed between two readings of a run; `before` is null at the first. */
export function showChanges(before: RunView | null, run: RunView, progress: Progress): void {
  const why = run.restarts.at(-1)
  const isRestarted = before !== null && run.restarts.length > before.restarts.length
  if (isRestarted && why !== undefined) progress.restarted(why.reason)
  for (const view of run.stages) {
    const known = isRestarted ? undefined : before?.stages.find(({ stage }) => stage === view.stage)
    if (known?.rows !== view.rows || known.finishedAt !== view.finishedAt) progress.stage(view)
  }
}

function rateOf({ rowsPerSecond }: StageView): string {
  return rowsPerSecond === null ? '' : `${count(rowsPerSecond)}/s`
}

function showBars(stream: Writable): Progress {
  const format = '{stage} {bar} {percentage}% | {done} of {all} | {rate}'
  const bars = new MultiBar(
    { format, stream, hideCursor: true, clearOnComplete: false, barsize: 30 },
    Presets.shades_classic,
  )
  let current = new Map<Stage, SingleBar>()

  return {
    stage(view) {
      const { stage, rows, finishedAt } = view
      if (!countsRows(view)) return
      const expected = finishedAt === null ? (view.expected ?? 0) : rows
      const all = Math.max(expected, rows, 1)
      const done = finishedAt === null ? rows : all
      const shown = { stage: stage.padEnd(8), done: count(rows), all: count(expected), rate: rateOf(view) }
      let bar = current.get(stage)
      if (bar === undefined) {
        bar = bars.create(all, done, shown)
        current.set(stage, bar)
      }
      bar.setTotal(all)
      bar.update(done, shown)
    },
    restarted(reason) {
      bars.log(`restarting: ${reason}\n`)
      current = new Map()
    },
    stop: () => bars.stop(),
  }
}

function showLines(output: Output): Progress {
  let shownAt = 0
  return {
    stage(view) {
      const { stage, rows, expected, seconds, finishedAt } = view
      if (finishedAt !== null) {
        const counted = countsRows(view) ? `: ${count(rows)} rows, ${rateOf(view)}` : ''
        output.note(`${stage} done in ${(seconds ?? 0).toFixed(1)} s${counted}`)
        return
      }
      const now = Date.now()
      if (rows === 0 || now - shownAt < LINE_EVERY_MS) return
      shownAt = now
      const all = expected === null ? '' : ` of ${count(expected)}`
      output.note(`${stage}: ${count(rows)}${all} rows, ${rateOf(view)}`)
    },
    restarted: (reason) => output.note(`restarting: ${reason}`),
    stop: () => undefined,
  }
}
