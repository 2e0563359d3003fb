import { londonDay } from '../../../domain/day.ts'
import type { Summary } from '../../components/summary.ts'
import type { Cell } from '../../components/table.ts'
import type { Link } from '../../frame/page.ts'
import { valueOf } from '../../frame/reading.ts'
import { secondsOf } from '../../runs/progress.ts'
import { runPath } from '../../runs/run-name.ts'
import { duration } from '../../words/durations.ts'
import { instant, weekdayInWords } from '../../words/instants.ts'
import { count, listed, NOT_KNOWN } from '../../words/numbers.ts'
import type { StartFacts } from './facts.ts'

export interface StartModel {
  /** How long a run takes; empty if that is not known. */
  readonly takes: string
  readonly details: Summary
  /** A run that is in progress already; null if none is. */
  readonly running: Link | null
  /** Why the run would not start at once; null if it would. */
  readonly waits: string | null
  /** The stages whose sender may still be sending; empty if none is. */
  readonly stillSending: string
  readonly typed: TypedStart
}

/** The fields of the form, as they were typed. */
export interface TypedStart {
  readonly then: 'live' | 'hold'
  readonly expect: string
  readonly senderGone: string
}

export const NOTHING_TYPED: TypedStart = { then: 'live', expect: '', senderGone: '' }

export interface StartOptions {
  readonly now: number
  /** How many rows are read from the sources in a second; 0 means unlimited. */
  readonly rowsPerSecond: number
  readonly typed: TypedStart
}

export function startModel(facts: StartFacts, { now, rowsPerSecond, typed }: StartOptions): StartModel {
  const installation = valueOf(facts.installation)
  const live = valueOf(facts.live)
  const seconds = live === null ? null : secondsOf(live)
  const current = installation?.currentRun ?? null
  return {
    takes: seconds === null ? '' : `It takes about ${duration(Math.max(1, Math.round(seconds)))}.`,
    details: [
      { key: 'Day', value: { text: `${weekdayInWords(londonDay(now))} (today in London)` } },
      { key: 'Last run that went live', value: lastRun(facts, now) },
      { key: 'Next run', value: nextRun(facts, now) },
      {
        key: 'Speed limit',
        value: { text: rowsPerSecond === 0 ? 'No limit' : `${count(rowsPerSecond)} rows a second` },
      },
    ],
    running: current === null ? null : { text: 'See the run in progress', href: runPath(current.id) },
    waits: whyItWaits(facts, now),
    stillSending: listed(installation?.stillSending.map(({ stage }) => stage) ?? []),
    typed,
  }
}

function lastRun({ live }: StartFacts, now: number): Cell {
  if (!live.known) return { text: NOT_KNOWN }
  if (live.value === null) return { text: 'None yet' }
  const { id, finishedAt, requestedAt } = live.value
  const seconds = secondsOf(live.value)
  const took = seconds === null ? '' : `, took ${duration(seconds)}`
  return { text: `${instant(finishedAt ?? requestedAt, now).text}${took}`, href: runPath(id) }
}

function nextRun({ next }: StartFacts, now: number): Cell {
  if (!next.known) return { text: NOT_KNOWN }
  if (next.value === null) return { text: 'No schedule is set' }
  const { at, words } = next.value
  return { text: at === null ? NOT_KNOWN : instant(at, now).text, lines: [words] }
}

function whyItWaits({ installation, lease }: StartFacts, now: number): string | null {
  if (!installation.known) {
    return `The record of the runs does not answer at the moment, so a run may not start: ${installation.reason} (${installation.code}).`
  }
  if (!lease.known || (lease.value !== null && lease.value.until > now)) return null
  return 'No integration process is writing at the moment. The run starts as soon as one does.'
}
