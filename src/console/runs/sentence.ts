import type { Installation, Run, RunFailure, Stage } from '../../ports/run-ledger.ts'
import { allDiffering } from '../../sync/verify/findings.ts'
import { instant } from '../words/instants.ts'
import { count, counted } from '../words/numbers.ts'
import { person } from '../words/people.ts'
import { consoleRemedy } from '../words/remedies.ts'
import { rowFigures } from './stage-rows.ts'

/** What a page knows beside the run. Null where it is not known. */
export interface Beside {
  readonly history: Installation['history'] | null
  /** Whether an integration process holds the writer's lease. */
  readonly isWriting: boolean | null
  readonly now: number
}

/** How long a run may wait to be picked up before its page says that no process does. */
const PICK_UP_MS = 10_000

/** What a run is doing, or how it ended, in a sentence or two. */
export function whatHappened(run: Run, beside: Beside): string {
  const { now } = beside
  switch (run.state) {
    case 'requested':
      return waiting(run, beside)
    case 'trainees':
    case 'doctors':
    case 'comparing':
      return reading(run, run.state, now)
    case 'lists':
      return run.stages.lists?.expected == null
        ? 'The services count the rows of their lists.'
        : reading(run, run.state, now)
    case 'checking':
      return 'What was built is being checked.'
    case 'catching up':
      return 'Changes that came in meanwhile are being applied.'
    case 'promoting':
      return 'The lists are moving to this run.'
    case 'live':
      return wentLive(run, beside)
    case 'held back':
      return `The run finished, but it was held back: ${reasonOf(run.failure)}.`
    case 'discarded':
      return `The run was held back: ${reasonOf(run.failure)}. ${decided(run, 'Discarded', now)}`
    case 'verified':
      return verified(run)
    case 'cancelled':
      return cancelled(run, now)
    case 'failed':
      return `The run failed${during(run.failure)}: ${reasonOf(run.failure)}.`
  }
}

/** What to do about it; null if there is nothing to do. */
export function whatToDo({ state, failure, decision }: Run): string | null {
  const open = state === 'held back' || state === 'failed' || state === 'cancelled'
  return !open || failure === null || decision !== null ? null : consoleRemedy(failure.code)
}

function waiting({ requestedAt }: Run, { isWriting, now }: Beside): string {
  const waits = 'Waiting for an integration process to pick the run up.'
  if (isWriting !== false || now - requestedAt < PICK_UP_MS) return waits
  return `${waits} None holds the writer's lease at the moment. ${consoleRemedy('NO_INTEGRATION')}`
}

const DOING = {
  trainees: 'Reading trainees',
  doctors: 'Reading doctors',
  lists: 'Filling the lists',
  comparing: 'Comparing with what is live',
} as const satisfies Readonly<Partial<Record<Stage, string>>>

function reading(run: Run, stage: keyof typeof DOING, now: number): string {
  const progress = run.stages[stage]
  if (progress === undefined) return `${DOING[stage]}.`
  const { rows, expected } = rowFigures(progress, now)
  if (progress.expected === null) return `${DOING[stage]}: ${rows} so far.`
  return `${DOING[stage]}: ${rows} of ${expected}.`
}

function wentLive(run: Run, { history, now }: Beside): string {
  const moved = history?.find(({ kind, to }) => kind === 'promotion' && to.run === run.id)?.at ?? run.finishedAt
  const when = moved === null ? '' : ` ${atTime(moved, now)}`
  if (run.decision?.action === 'promoted') {
    return `The run was held back: ${reasonOf(run.failure)}. ${decided(run, 'Made live', now)}`
  }
  const accepted = run.evidence?.accepted ?? null
  const passed =
    accepted === null ? 'All checks passed.' : `Expected to differ: ${ended(run.expect ?? accepted.reason)}.`
  return `${passed} The lists moved to this run${when}.`
}

/** `at 5:04am today`, or `on 25 November 2026 at 5:04am`. */
function atTime(at: number, now: number): string {
  const { text } = instant(at, now, 'seconds')
  return `${text.includes(' at ') ? 'on' : 'at'} ${text}`
}

function decided({ decision }: Run, what: string, now: number): string {
  if (decision === null) return `${what}.`
  const { by, why, at } = decision
  const when = at === null ? '' : ` ${atTime(at, now)}`
  return `${what} by ${person(by)}${when}${why === '' ? '' : `: ${ended(why)}`}.`
}

function verified({ verification }: Run): string {
  if (verification === null) return 'The verification ended without a result.'
  const { rows, repaired } = verification
  const compared = `Compared ${counted(rows.built, 'row')} with what was live`
  const different = allDiffering(verification)
  if (different === 0) return `${compared}: all are the same.`
  const remaining = repaired === null ? '' : ` After the repair, ${counted(repaired.remaining, 'row')} differ.`
  return `${compared}: ${count(different)} differ.${remaining}`
}

function cancelled({ failure, finishedAt }: Run, now: number): string {
  const [, by, why] = /^cancelled by (.*?)(?:: (.*))?$/su.exec(failure?.reason ?? '') ?? []
  const when = finishedAt === null ? '' : ` ${atTime(finishedAt, now)}`
  if (by === undefined) return `The run was cancelled${when}.`
  return `Cancelled by ${person(by)}${when}${why === undefined ? '' : `: ${ended(why)}`}.`
}

function during(failure: RunFailure | null): string {
  if (failure === null) return ''
  const stages: Readonly<Record<Stage, string>> = {
    requested: 'before it began',
    trainees: 'while reading trainees',
    doctors: 'while reading doctors',
    lists: 'while the lists were made ready',
    checking: 'while it was checked',
    'catching up': 'while changes were applied',
    comparing: 'while it was compared with what was live',
    promoting: 'while it went live',
  }
  return ` ${stages[failure.stage]}`
}

/** A reason within a sentence. */
export function reasonOf(failure: Pick<RunFailure, 'reason'> | null): string {
  const reason = (failure?.reason ?? 'the reason is not known').replace(/^held back: /, '')
  return ended(reason === 'preview' ? 'somebody wanted to look at it first' : reason)
}

/** A text without the full stop that the sentence around it has. */
function ended(text: string): string {
  return text.trim().replace(/\.+$/, '')
}
