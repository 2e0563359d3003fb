import type { Installation, Run } from '../../../ports/run-ledger.ts'
import { isOver } from '../../../sync/run-state.ts'
import type { Summary } from '../../components/summary.ts'
import type { Table } from '../../components/table.ts'
import type { Timeline } from '../../components/timeline.ts'
import { valueOf } from '../../frame/reading.ts'
import { runningFor, secondsOf } from '../../runs/progress.ts'
import { runPath } from '../../runs/run-name.ts'
import { whatHappened, whatToDo } from '../../runs/sentence.ts'
import { stageRows, type StageRow } from '../../runs/stage-rows.ts'
import { duration } from '../../words/durations.ts'
import { dayInWords, instant } from '../../words/instants.ts'
import { counted, listed, NOT_KNOWN } from '../../words/numbers.ts'
import { person } from '../../words/people.ts'
import { runTags, type Tag } from '../../words/states.ts'
import { checksShown, countsTable, partsSentence, type ChecksShown } from './checks.ts'
import { movementSentence } from './movement.ts'
import type { RunFacts } from './facts.ts'
import { failuresShown, type FailuresShown } from './failures.ts'
import { runTimeline } from './timeline.ts'

export interface RunModel {
  readonly id: string
  readonly tags: readonly Tag[]
  readonly sentence: string
  readonly toDo: string | null
  readonly isInProgress: boolean
  /** `running for 4 seconds`; empty once it is over. */
  readonly runningFor: string
  readonly about: Summary
  readonly actions: readonly RunAction[]
  /** In place of the actions, for people who may not do them. */
  readonly noActions: string | null
  /** What is live meanwhile; null once the run is over. */
  readonly meanwhile: string | null
  readonly stages: readonly StageRow[]
  readonly messages: Table
  readonly checks: ChecksShown | null
  /** How what it built differs from what was live. */
  readonly movement: string | null
  readonly counts: Table | null
  readonly parts: string
  readonly failures: FailuresShown
  readonly timeline: Timeline
  readonly json: string
}

/** A button that leads to a page that asks first. */
export interface RunAction {
  readonly text: string
  readonly href: string
  readonly isPrimary: boolean
  readonly isWarning: boolean
  /** Stays the same while the page is updated, so that it keeps the focus. */
  readonly id: string
}

export interface RunOptions {
  readonly now: number
  readonly mayOperate: boolean
  /** The run as the API returns it. */
  readonly json: object
}

export function runModel(facts: RunFacts, { now, mayOperate, json }: RunOptions): RunModel {
  const { run } = facts
  const installation = valueOf(facts.installation)
  const comparedWith = valueOf(facts.comparedWith)
  const actions = actionsFor(run, installation)
  const stages = stageRows(run, now)
  return {
    id: run.id,
    tags: runTags(run, installation),
    sentence: facts.isRecorded ? sentenceOf(facts, now) : 'The run was asked for a moment ago.',
    toDo: whatToDo(run),
    isInProgress: !isOver(run.state),
    runningFor: isOver(run.state) ? '' : runningFor(run, now),
    about: aboutRun(run, now),
    actions: mayOperate ? actions : [],
    noActions: mayOperate || actions.length === 0 ? null : NO_ACTIONS,
    meanwhile: meanwhile(facts),
    stages,
    messages: messagesTable(stages),
    checks: checksShown(run, comparedWith),
    movement: movementSentence(run),
    counts: countsTable(run, comparedWith),
    parts: partsSentence(run),
    failures: failuresShown(run, facts.failures),
    timeline: runTimeline(run, installation?.history ?? [], now),
    json: JSON.stringify(json, null, 2),
  }
}

const NO_ACTIONS = 'Only operators can start and cancel runs, and decide about those that are held back.'

function sentenceOf({ run, installation, lease }: RunFacts, now: number): string {
  const isWriting = lease.known ? lease.value !== null && lease.value.until > now : null
  return whatHappened(run, { history: valueOf(installation)?.history ?? null, isWriting, now })
}

function aboutRun(run: Run, now: number): Summary {
  const { day, requestedBy, requestedAt, finishedAt, generation, restarts, unproved } = run
  const seconds = secondsOf(run)
  return [
    { key: 'Data of', value: { text: dayInWords(day) } },
    { key: 'Asked for by', value: { text: person(requestedBy) } },
    { key: 'Began', value: { time: instant(requestedAt, now, 'seconds') } },
    ...(finishedAt === null ? [] : [{ key: 'Ended', value: { time: instant(finishedAt, now, 'seconds') } }]),
    ...(seconds === null ? [] : [{ key: 'Took', value: { text: duration(seconds) } }]),
    { key: 'Generation', value: { text: generation ?? 'None yet' } },
    ...(restarts.length === 0 ? [] : [{ key: 'Restarted', value: { text: counted(restarts.length, 'time') } }]),
    ...(unproved.length === 0
      ? []
      : [{ key: 'Not proved', value: { text: `The sender of ${listed(unproved)} reported no totals` } }]),
  ]
}

function actionsFor(run: Run, installation: Installation | null): readonly RunAction[] {
  const path = runPath(run.id)
  const action = (id: string, text: string, href: string, kind: 'primary' | 'secondary' | 'warning'): RunAction => ({
    id,
    text,
    href,
    isPrimary: kind === 'primary',
    isWarning: kind === 'warning',
  })
  if (!isOver(run.state)) {
    return run.state === 'promoting' ? [] : [action('cancel-run', 'Cancel the run', `${path}/cancel`, 'warning')]
  }
  if (installation === null) return []
  if (installation.heldBack?.run === run.id && installation.discarding === null) {
    const isStale = installation.stale[installation.heldBack.generation] !== undefined
    return [
      action('preview-run', 'See what would change', `${path}/preview`, 'primary'),
      ...(isStale ? [] : [action('promote-run', 'Make it live', `${path}/promote`, 'secondary')]),
      action('discard-run', 'Discard it', `${path}/discard`, 'secondary'),
    ]
  }
  if (installation.live?.run === run.id && installation.previous !== null) {
    return [action('roll-back', 'Roll back', '/console/rollback', 'secondary')]
  }
  const canStart = (run.state === 'failed' || run.state === 'cancelled') && installation.currentRun === null
  return canStart ? [action('start-run', 'Start another run', '/console/runs/new', 'primary')] : []
}

function meanwhile({ run, installation, live }: RunFacts): string | null {
  if (isOver(run.state)) return null
  if (!installation.known || !live.known) return `What is live meanwhile: ${NOT_KNOWN.toLowerCase()}.`
  if (installation.value.live === null) return 'Nothing is live yet.'
  const until = run.purpose === 'sync' ? ' It stays live until this run has passed its checks.' : ' It stays live.'
  return live.value === null ? until.trim() : `What is live meanwhile: data of ${dayInWords(live.value.day)}.${until}`
}

/** Messages are of interest to engineers: they stand apart. */
function messagesTable(stages: readonly StageRow[]): Table {
  return {
    caption: 'Messages',
    columns: [{ text: 'Stage' }, { text: 'Messages', isNumeric: true }, { text: 'Late messages', isNumeric: true }],
    rows: stages
      .filter(({ messages }) => messages !== '')
      .map(({ name, messages, late }) => [{ text: name }, { text: messages }, { text: late }]),
  }
}
