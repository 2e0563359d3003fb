import { INDEX_NAMES } from '../../../domain/lists.ts'
import type { Run } from '../../../ports/run-ledger.ts'
import { isOver } from '../../../sync/run-state.ts'
import type { Link } from '../../frame/page.ts'
import { valueOf, type Reading } from '../../frame/reading.ts'
import { runProgress, type RunProgress } from '../../runs/progress.ts'
import { runPath, runTime } from '../../runs/run-name.ts'
import { whatHappened, whatToDo } from '../../runs/sentence.ts'
import { instant, type Instant } from '../../words/instants.ts'
import { LIST_NAMES } from '../../words/lists.ts'
import { count, difference, NOT_KNOWN } from '../../words/numbers.ts'
import { runTags, type Tag } from '../../words/states.ts'
import { needsAttention, type AttentionLine } from './attention.ts'
import type { NextRun } from '../../runs/next-run.ts'
import type { OverviewFacts } from './facts.ts'
import { liveCard, type LiveCard } from './live-card.ts'
import { serversSentence, type ServersSentence } from './servers-sentence.ts'

export interface OverviewModel {
  readonly attention: readonly AttentionLine[]
  /** Null if nothing is live. */
  readonly live: LiveCard | null
  /** Why it is not known what is live; null if it is. */
  readonly unknown: string | null
  readonly lists: readonly { readonly name: string; readonly rows: string; readonly since: string }[]
  readonly run: RunCard | null
  readonly last: LastRun | null
  readonly next: { readonly text: string; readonly at: Instant | null; readonly words: string }
  readonly servers: ServersSentence
  readonly actions: readonly Action[]
  /** In place of the actions, for people who may not start runs. */
  readonly noActions: string | null
}

/** A button that leads to a page that asks for confirmation. */
export interface Action extends Link {
  readonly isPrimary: boolean
}

interface RunCard extends RunProgress {
  readonly tags: readonly Tag[]
  readonly link: Link
}

interface LastRun {
  readonly tags: readonly Tag[]
  readonly link: Link
  readonly sentence: string
  readonly toDo: string | null
}

export interface OverviewOptions {
  readonly now: number
  /** From what age on the lists are old, in milliseconds. */
  readonly staleMs: number
  readonly mayOperate: boolean
}

export function overviewModel(facts: OverviewFacts, options: OverviewOptions): OverviewModel {
  const { now, mayOperate } = options
  const installation = valueOf(facts.installation)
  return {
    attention: needsAttention(facts, options),
    live: installation?.live == null ? null : liveCard(facts, installation, now),
    unknown: whyUnknown(facts.installation),
    lists: listRows(valueOf(facts.live), valueOf(facts.previous)),
    run: runCard(facts, now),
    last: lastRun(facts, now),
    next: nextRun(facts.next, now),
    servers: serversSentence(facts, now),
    actions: mayOperate ? actionsFor(facts) : [],
    noActions: mayOperate ? null : 'Only operators can start a run.',
  }
}

export function whyUnknown(part: Reading<unknown>): string | null {
  return part.known ? null : `${part.reason} (${part.code})`
}

function listRows(live: Run | null, previous: Run | null): OverviewModel['lists'] {
  const [now, before] = [live?.evidence?.profile.indexes, previous?.evidence?.profile.indexes]
  return INDEX_NAMES.map((name) => ({
    name: LIST_NAMES[name],
    rows: count(now?.[name]),
    since: previous === null && live !== null ? 'No earlier run' : difference(now?.[name], before?.[name]),
  }))
}

function runCard({ current, installation }: OverviewFacts, now: number): RunCard | null {
  const run = valueOf(current)
  const progress = run === null ? null : runProgress(run, now)
  if (run === null || progress === null) return null
  const link = { text: 'See the run', href: runPath(run.id) }
  return { ...progress, tags: runTags(run, valueOf(installation)), link }
}

/** The latest run that is over, unless it is the one that is live. */
function lastRun({ last, installation }: OverviewFacts, now: number): LastRun | null {
  const run = valueOf(last)
  const kept = valueOf(installation)
  if (run === null || kept?.live?.run === run.id) return null
  return {
    tags: runTags(run, kept),
    link: { text: runTime(run), href: runPath(run.id) },
    sentence: whatHappened(run, { history: kept?.history ?? null, isWriting: null, now }),
    toDo: whatToDo(run),
  }
}

function nextRun(next: Reading<NextRun | null>, now: number): OverviewModel['next'] {
  if (!next.known) return { text: NOT_KNOWN, at: null, words: whyUnknown(next) ?? '' }
  if (next.value === null) return { text: 'No schedule is set. Runs start by hand.', at: null, words: '' }
  const { at, words } = next.value
  return { text: at === null ? NOT_KNOWN : '', at: at === null ? null : instant(at, now), words }
}

/** Looking at a held-back run comes first; with nothing to look at, starting a run does. */
function actionsFor({ installation, current }: OverviewFacts): readonly Action[] {
  const kept = valueOf(installation)
  const run = valueOf(current)
  const heldBack = kept?.heldBack != null && kept.discarding === null ? kept.heldBack : null
  const isRunning = kept?.currentRun != null && (run === null || !isOver(run.state))
  return [
    ...(heldBack === null
      ? []
      : [{ text: 'See what would change', href: `${runPath(heldBack.run)}/preview`, isPrimary: true }]),
    ...(isRunning ? [] : [{ text: 'Start a run', href: '/console/runs/new', isPrimary: heldBack === null }]),
    ...(kept?.previous == null ? [] : [{ text: 'Roll back', href: '/console/rollback', isPrimary: false }]),
  ]
}
