import type { Happening } from '../../app/live/happenings.ts'
import type { LiveUpdate } from '../../app/live/hub.ts'
import type { Snapshot } from '../../app/live/snapshot.ts'
import type { Run, RunId, Stage } from '../../ports/run-ledger.ts'
import { STAGE_NAMES, rowFigures } from '../runs/stage-rows.ts'
import { reasonOf } from '../runs/sentence.ts'
import { counted } from '../words/numbers.ts'
import type { ViewName } from './views.ts'

/** Stages that people wait for: those of a run that last. */
const SPOKEN: readonly Stage[] = ['trainees', 'doctors', 'lists', 'checking', 'comparing']
/** A stage that lasts longer is spoken of in between. */
const LONG_MS = 30_000
const QUARTERS = ['', 'a quarter done', 'half done', 'three quarters done'] as const

/** Where what happens to a run is spoken of: on other pages it would only disturb. */
const RUN_VIEWS: readonly ViewName[] = ['overview', 'run', 'runs']
const SERVER_VIEWS: readonly ViewName[] = ['overview', 'system']

/** What a screen reader says of an update, in one or more sentences; null for nothing. Never figures that move. */
export function sayingOf(view: ViewName, about: RunId | null, update: LiveUpdate): string | null {
  const { happenings, now } = update
  const sentences = happenings.flatMap((happening) => sentence(view, about, happening, now))
  if (RUN_VIEWS.includes(view) && isAbout(now.run?.id ?? null, about)) sentences.push(...quarters(update))
  return sentences.length === 0 ? null : sentences.join(' ')
}

function isAbout(run: RunId | null, about: RunId | null): boolean {
  return about === null || run === about
}

function sentence(view: ViewName, about: RunId | null, happening: Happening, now: Snapshot): readonly string[] {
  const { event, run, state, figures } = happening
  if (event === 'health.changed') return SERVER_VIEWS.includes(view) ? [serverText(happening)] : []
  if (event === 'aliases.changed') return isOfEnded(run, now) ? [] : ['The lists have moved to another run.']
  if (!isAbout(run, about) || !RUN_VIEWS.includes(view)) {
    return event === 'run.ended' && state === 'live' ? ['The lists have moved to newer data.'] : []
  }
  switch (event) {
    case 'run.requested':
      return ['A run has started.']
    case 'run.restarted':
      return ['The run has started over.']
    case 'stage.started':
      return SPOKEN.some((stage) => stage === state) ? [`${nameOf(state)} started.`] : []
    case 'stage.finished':
      return SPOKEN.some((stage) => stage === state) ? [`${nameOf(state)} finished${rowsIn(figures)}.`] : []
    case 'row.failed':
      return [`${counted(figures.failedRows, 'row')} failed.`]
    case 'run.ended':
      return now.ended.filter(({ id }) => id === run).map(endText)
    default:
      return []
  }
}

function isOfEnded(run: RunId | null, { ended }: Snapshot): boolean {
  return ended.some(({ id }) => id === run)
}

const nameOf = (state: Happening['state']): string =>
  SPOKEN.filter((stage) => stage === state).map((stage) => STAGE_NAMES[stage])[0] ?? ''

function rowsIn({ rows }: Happening['figures']): string {
  return rows === undefined || rows === null || rows === 0 ? '' : `: ${counted(rows, 'row')}`
}

function serverText({ text }: Happening): string {
  return `${text.replace(/ is working$/, ' is back').replace(/:.*$/, '')}.`
}

function endText(run: Run): string {
  switch (run.state) {
    case 'live':
      return 'The run is live.'
    case 'held back':
      return `The run was held back: ${reasonOf(run.failure)}.`
    case 'verified':
      return 'The check of the live lists is finished.'
    case 'cancelled':
      return 'The run was cancelled.'
    case 'failed':
      return `The run failed: ${reasonOf(run.failure)}.`
    default:
      return 'The run has ended.'
  }
}

/** A stage that lasts longer than half a minute, at each quarter of it. */
function quarters({ before, now }: LiveUpdate): readonly string[] {
  const { run, asOf } = now
  const was = before.run
  if (run === null || was?.id !== run.id || was.state !== run.state) return []
  const stage = SPOKEN.find((each) => each === run.state)
  const progress = stage && run.stages[stage]
  const earlier = stage && was.stages[stage]
  if (stage === undefined || progress === undefined || earlier === undefined) return []
  const at = asOf ?? 0
  const quarterOf = (each: typeof progress) => Math.floor((rowFigures(each, at).percent ?? 0) / 25)
  const quarter = quarterOf(progress)
  if (quarter <= quarterOf(earlier) || at - progress.startedAt < LONG_MS) return []
  const words = QUARTERS[quarter]
  return words === undefined || words === '' ? [] : [`${STAGE_NAMES[stage]}: ${words}.`]
}
