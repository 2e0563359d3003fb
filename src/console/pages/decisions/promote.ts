import type { ErrorCode } from '../../../errors/codes.ts'
import type { Run } from '../../../ports/run-ledger.ts'
import type { Page } from '../../frame/page.ts'
import { runName, runPath } from '../../runs/run-name.ts'
import { dayInWords } from '../../words/instants.ts'
import { counted, difference, listed } from '../../words/numbers.ts'
import type { SummaryRow } from '../../components/summary.ts'
import type { Decision } from './decision.ts'
import type { DecisionFacts, KeptFacts } from './facts.ts'
import { effectsTable, movesOf, shrinking, type ListEffects } from './list-effects.ts'

/** Making a run live that is held back. */
export function promotion(run: Run, facts: DecisionFacts): Decision {
  const { live, heldBack } = facts
  const path = runPath(run.id)
  const effects = promotionEffects(facts)
  return {
    heading: 'Make this run live',
    back: { text: runName(run), href: path },
    text:
      live === null
        ? 'All five lists move to this run at once. People see it immediately. Nothing is live yet, so you cannot roll back.'
        : 'All five lists move to this run at once. People see it immediately. You can roll back.',
    warnings: warningsOf(run, live),
    details: detailsOf(run, heldBack, live),
    effects: effectsTable(effects),
    seeAlso: { text: 'See what would change', href: `${path}/preview` },
    action: `${path}/promote`,
    button: 'Make it live',
    question: 'Why are you making it live?',
    missing: 'Enter why you are making it live, for example what you checked or who asked you',
    leave: { text: 'Cancel', href: path },
  }
}

function promotionEffects({ live, heldBack, compared }: DecisionFacts): ListEffects {
  return {
    now: live?.counts ?? null,
    afterwards: heldBack?.counts ?? null,
    moves: compared.heldBack && movesOf(compared.heldBack),
  }
}

/** Refusals for figures that are too small, or too different. */
const UNLIKE: readonly (ErrorCode | undefined)[] = ['CHECK_UNLIKE', 'PREVIEW_SHARE']

/** Why to stop before the decision: a source was empty, or lists get much smaller. Null if neither is so. */
export function interruption(run: Run, facts: DecisionFacts): Page | null {
  const codes = [run.failure?.code, run.evidence?.refusal?.code]
  const isEmpty = codes.includes('CHECK_SOURCE_EMPTY')
  const fewer = UNLIKE.some((code) => codes.includes(code)) ? shrinking(promotionEffects(facts)) : []
  if (!isEmpty && fewer.length === 0) return null
  const path = runPath(run.id)
  return {
    heading: isEmpty ? 'Are you sure that the source should be empty?' : 'Are you sure the smaller lists are right?',
    template: 'interruption',
    model: {
      reasons: [...(isEmpty ? [`${heldBackBecause(run)}.`] : []), ...fewer],
      go: { text: 'Yes, go on', href: `${path}/promote?sure=yes` },
      leave: { text: 'No, go back to the run', href: path },
    },
    section: 'Runs',
    back: { text: runName(run), href: path },
  }
}

function detailsOf(run: Run, heldBack: KeptFacts | null, live: KeptFacts | null): readonly SummaryRow[] {
  const [rows, before] = [heldBack?.counts?.masterdoctorindex, live?.counts?.masterdoctorindex]
  return [
    { key: 'Run', value: { text: runName(run), href: runPath(run.id) } },
    { key: 'Data of', value: { text: dayInWords(run.day) } },
    { key: 'Rows', value: { text: rowsText(rows, before) } },
    { key: 'Held back', value: { text: heldBackBecause(run) } },
    ...(run.unproved.length === 0
      ? []
      : [{ key: 'Not proved', value: { text: `The sender of ${listed(run.unproved)} told no totals` } }]),
  ]
}

/** `19,720 rows (−2,740)`. */
export function rowsText(rows: number | undefined, before: number | undefined): string {
  if (rows === undefined || before === undefined) return counted(rows, 'row')
  const moved = difference(rows, before)
  return `${counted(rows, 'row')} (${moved === 'no change' ? 'as many as now' : `${moved} compared with now`})`
}

function warningsOf(run: Run, live: KeptFacts | null): readonly string[] {
  const liveDay = live?.run?.day ?? null
  if (liveDay === null || run.day >= liveDay) return []
  return [
    `The data of this run is of ${dayInWords(run.day)}, which is earlier than that of what is live, ${dayInWords(liveDay)}.`,
  ]
}

function heldBackBecause({ failure }: Run): string {
  if (failure === null) return 'The reason is not on record'
  if (failure.code === 'PREVIEW') return 'Somebody wanted to look at it first'
  const reason = failure.reason.replace(/^held back: /, '').replace(/\.+$/, '')
  return `${reason.slice(0, 1).toUpperCase()}${reason.slice(1)}`
}
