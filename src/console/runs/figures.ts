import type { Run } from '../../ports/run-ledger.ts'
import { runProgress, runningFor } from './progress.ts'
import { stageRows, type StageRow } from './stage-rows.ts'

/** Texts and values of progress bars by the ids of the elements that show them. */
export type Figures = Readonly<Record<string, string | number>>

/** The figures of the overview that move while a run is in progress; none if the run is over. */
export function overviewFigures(run: Run, now: number): Figures {
  const progress = runProgress(run, now)
  if (progress === null) return {}
  const { percent, rows, rate, left, failed } = progress
  return {
    ...(percent !== null && { 'run-bar': percent, 'run-percent': `${percent}%` }),
    'run-rows': rows,
    'run-rate': rate,
    'run-left': left,
    'run-failed': failed,
  }
}

/** The figures of the page of a run that move while it is in progress: those of its stages, and how long it has been running. */
export function runFigures(run: Run, now: number): Figures {
  if (runProgress(run, now) === null) return {}
  const begun = stageRows(run, now).filter(({ state }) => state !== 'Not started')
  return begun.reduce<Figures>((figures, row) => ({ ...figures, ...stageFigures(row) }), {
    'run-for': capitalised(runningFor(run, now)),
  })
}

function stageFigures({ id, percent, rows, expected, rate, time, failed, messages, late }: StageRow): Figures {
  return {
    ...(percent !== null && { [`${id}-bar`]: percent, [`${id}-percent`]: `${percent}%` }),
    [`${id}-rows`]: rows,
    [`${id}-expected`]: expected,
    [`${id}-rate`]: rate,
    [`${id}-left`]: time,
    [`${id}-failed`]: failed,
    [`${id}-messages`]: messages,
    [`${id}-late`]: late,
  }
}

/** At the beginning of a sentence. */
function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
