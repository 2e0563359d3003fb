import { createHash } from 'node:crypto'
import type { Snapshot } from '../../app/live/snapshot.ts'
import type { RunId } from '../../ports/run-ledger.ts'
import { titleOf } from '../frame/page.ts'
import { runName } from '../runs/run-name.ts'
import { runTitle } from '../runs/run-title.ts'
import { overviewFigures, runFigures, type Figures } from '../runs/figures.ts'
import { liveSince } from '../../sync/live-since.ts'
import { changesOf } from '../pages/overview/live-card.ts'
import { age } from '../words/durations.ts'
import { timeOfDay } from '../words/instants.ts'
import { topicText, type Topic } from './topics.ts'

/** A page, for what is live on it. */
export interface LiveView {
  /** By region: what it depends on. */
  readonly regions: Readonly<Record<string, readonly Topic[]>>
  /** The figures that move, by the id of their elements. */
  readonly figures?: (snapshot: Snapshot, about: { readonly run: RunId | null; readonly now: number }) => Figures
}

/** The line on every page that says how old the lists are. */
const FRESHNESS = { freshness: ['live', 'servers'] } as const satisfies LiveView['regions']

/** The views, by the name that a page has in `Page.live`. A page without one has `page`. */
const VIEWS = {
  page: { regions: FRESHNESS },
  overview: {
    regions: {
      ...FRESHNESS,
      attention: ['live', 'kept', 'current', 'failures', 'changes', 'verification', 'processes', 'servers'],
      live: ['live', 'kept', 'verification'],
      lists: ['live'],
      run: ['current', 'run'],
      last: ['current', 'live', 'kept'],
      next: ['current', 'due'],
      servers: ['servers', 'processes'],
    },
    figures: ({ run, installation, changes }, { now }) => {
      const { live } = installation
      const since = live === null ? null : liveSince({ ...installation, live }, null)
      const { count, last } = changesOf({ known: true, value: changes }, now)
      return {
        ...(since !== null && { 'live-age': age(now - since) }),
        ...(run !== null && overviewFigures(run, now)),
        'changes-count': count,
        ...(last !== '' && { 'changes-last': last }),
      }
    },
  },
  run: {
    regions: {
      ...FRESHNESS,
      head: ['run', 'live', 'kept'],
      stages: ['run'],
      checks: ['run'],
      counts: ['run', 'live'],
      failures: ['run', 'failures'],
      timeline: ['run', 'live', 'kept'],
    },
    figures: ({ run }, { run: about, now }) =>
      run === null || run.id !== about
        ? {}
        : { ...runFigures(run, now), title: titleOf({ heading: runName(run), title: runTitle(run, now) }) },
  },
  runs: { regions: { ...FRESHNESS, charts: ['current', 'live', 'kept'], table: ['current', 'live', 'kept', 'run'] } },
  failures: {
    regions: { ...FRESHNESS, 'by-code': ['failures', 'live'], rows: ['failures', 'live'], letters: ['changes'] },
  },
  'preview-working': { regions: { ...FRESHNESS, summary: ['time'] } },
  preview: { regions: { ...FRESHNESS, summary: ['run', 'live', 'kept'] } },
  doctor: {
    regions: { ...FRESHNESS, answer: ['applied', 'live'], values: ['applied', 'live'], history: ['applied', 'live'] },
  },
  verify: {
    regions: { ...FRESHNESS, verify: ['verification', 'current', 'run'], history: ['verification', 'current'] },
  },
  system: {
    regions: {
      ...FRESHNESS,
      servers: ['servers'],
      processes: ['processes'],
      queues: ['time'],
      generations: ['live', 'kept', 'current', 'run'],
      schedule: ['current', 'due'],
    },
  },
} as const satisfies Readonly<Record<string, LiveView>>

export type ViewName = keyof typeof VIEWS

export function isView(name: string): name is ViewName {
  return Object.hasOwn(VIEWS, name)
}

export function viewOf(name: ViewName): LiveView {
  return VIEWS[name]
}

/** What each region of a view depends on, as text. */
export function regionTexts(name: ViewName, snapshot: Snapshot, run: RunId | null): Readonly<Record<string, string>> {
  const regions = Object.entries<readonly Topic[]>(VIEWS[name].regions)
  return Object.fromEntries(
    regions.map(([region, topics]) => [region, topics.map((topic) => topicText(topic, snapshot, run)).join('\n')]),
  )
}

/** Changes when any region of the view does. A page shows it, so that its stream can tell whether the page is current. */
export function revisionOf(name: ViewName, snapshot: Snapshot, run: RunId | null = null): string {
  const texts = JSON.stringify(regionTexts(name, snapshot, run))
  return createHash('sha256').update(texts).digest('base64url').slice(0, 12)
}

/** The figures of a view, and when they are of, as pages say it. */
export function figuresOf(name: ViewName, snapshot: Snapshot, about: { run: RunId | null; now: number }): Figures {
  return { ...viewOf(name).figures?.(snapshot, about), 'as-of': timeOfDay(about.now) }
}
