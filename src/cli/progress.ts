import type { Writable } from 'node:stream'
import { MultiBar, Presets, type SingleBar } from 'cli-progress'
import type { Stage, StageProgress } from '../ports/run-ledger.ts'
import type { RunEvents } from '../sync/events.ts'
import { pace } from '../sync/run-state.ts'
import type { Output } from './output.ts'
import { count } from './output.ts'

/** Stages that count rows; the others take a moment. */
const COUNTED: readonly Stage[] = ['trainees', 'doctors']
const LINE_EVERY_MS = 2_000

export interface ProgressShown {
  stop(): void
}

/** Shows the progress of a run on standard error: bars on a terminal, otherwise lines; nothing with `--json`. */
export function showProgress(events: RunEvents, output: Output): ProgressShown {
  if (output.json) return { stop: () => undefined }
  return output.terminal === null ? showLines(events, output) : showBars(events, output.terminal)
}

function rateOf(progress: StageProgress, now: number): string {
  const { rate } = pace(progress, now)
  return rate === null ? '' : `${count(rate)}/s`
}

function showBars(events: RunEvents, stream: Writable): ProgressShown {
  const format = '{stage} {bar} {percentage}% | {done} of {all} | {rate}'
  const bars = new MultiBar(
    { format, stream, hideCursor: true, clearOnComplete: false, barsize: 30 },
    Presets.shades_classic,
  )
  let current = new Map<Stage, SingleBar>()

  const update = (stage: Stage, progress: StageProgress | undefined): void => {
    if (!COUNTED.includes(stage) || progress === undefined) return
    const expected = progress.finishedAt === null ? (progress.expected ?? 0) : progress.rows
    const all = Math.max(expected, progress.rows, 1)
    const done = progress.finishedAt === null ? progress.rows : all
    const shown = {
      stage: stage.padEnd(8),
      done: count(progress.rows),
      all: count(expected),
      rate: rateOf(progress, Date.now()),
    }
    let bar = current.get(stage)
    if (bar === undefined) {
      bar = bars.create(all, done, shown)
      current.set(stage, bar)
    }
    bar.setTotal(all)
    bar.update(done, shown)
  }
  events.on('stage.started', ({ run, stage }) => update(stage, run.stages[stage]))
  events.on('stage.progress', ({ stage, progress }) => update(stage, progress))
  events.on('stage.finished', ({ run, stage }) => update(stage, run.stages[stage]))
  events.on('run.restarted', ({ why }) => {
    bars.log(`restarting: ${why.reason}\n`)
    current = new Map()
  })
  return { stop: () => bars.stop() }
}

function showLines(events: RunEvents, output: Output): ProgressShown {
  let shownAt = 0
  events.on('stage.progress', ({ stage, progress }) => {
    const now = Date.now()
    if (progress.rows === 0 || now - shownAt < LINE_EVERY_MS) return
    shownAt = now
    const all = progress.expected === null ? '' : ` of ${count(progress.expected)}`
    output.note(`${stage}: ${count(progress.rows)}${all} rows, ${rateOf(progress, now)}`)
  })
  events.on('stage.finished', ({ run, stage }) => {
    const progress = run.stages[stage]
    if (progress === undefined) return
    const took = `${(((progress.finishedAt ?? 0) - progress.startedAt) / 1000).toFixed(1)} s`
    const rows = COUNTED.includes(stage) ? `: ${count(progress.rows)} rows, ${rateOf(progress, Date.now())}` : ''
    output.note(`${stage} done in ${took}${rows}`)
  })
  events.on('run.restarted', ({ why }) => output.note(`restarting: ${why.reason}`))
  return { stop: () => undefined }
}
