import type { StreamMessage } from '../../app/http/live/event-stream.ts'
import type { LiveUpdate } from '../../app/live/hub.ts'
import type { Snapshot } from '../../app/live/snapshot.ts'
import type { Clock } from '../../ports/clock.ts'
import type { RunId } from '../../ports/run-ledger.ts'
import type { Figures } from '../runs/figures.ts'
import { timeOfDay } from '../words/instants.ts'
import { sayingOf } from './sayings.ts'
import { figuresOf, regionTexts, revisionOf, type ViewName } from './views.ts'

/** A screen reader is not given more than one text in this time: the newest wins. */
const SAY_EVERY_MS = 20_000

/** The messages of one stream to a page: what differs from what this page was sent before. */
export class ViewMessages {
  readonly #view: ViewName
  readonly #run: RunId | null
  readonly #clock: Pick<Clock, 'now' | 'monotonic'>
  #figures: Figures = {}
  #regions: Readonly<Record<string, string>> = {}
  #saying: string | null = null
  #saidAt: number | null = null

  constructor(view: ViewName, run: RunId | null, clock: Pick<Clock, 'now' | 'monotonic'>) {
    this.#view = view
    this.#run = run
    this.#clock = clock
  }

  hello(snapshot: Snapshot): StreamMessage {
    this.#regions = regionTexts(this.#view, snapshot, this.#run)
    const data = { revision: revisionOf(this.#view, snapshot, this.#run), asOf: timeOfDay(this.#clock.now()) }
    // Not sent: the page may have been read after the snapshot.
    this.#newFigures(snapshot)
    return { event: 'hello', data }
  }

  of(update: LiveUpdate): readonly StreamMessage[] {
    const { now } = update
    // Figures first: a region that is fetched has them anyway.
    return [...this.#newFigures(now), ...this.#newRegions(now), ...this.#say(update)]
  }

  #newFigures(snapshot: Snapshot): readonly StreamMessage[] {
    const figures = figuresOf(this.#view, snapshot, { run: this.#run, now: this.#clock.now() })
    const changed = Object.entries(figures).filter(([id, figure]) => this.#figures[id] !== figure)
    this.#figures = figures
    return changed.length === 0 ? [] : [{ event: 'figures', data: Object.fromEntries(changed) }]
  }

  #newRegions(snapshot: Snapshot): readonly StreamMessage[] {
    const regions = regionTexts(this.#view, snapshot, this.#run)
    const ids = Object.keys(regions).filter((region) => this.#regions[region] !== regions[region])
    this.#regions = regions
    if (ids.length === 0) return []
    return [{ event: 'regions', data: { revision: revisionOf(this.#view, snapshot, this.#run), ids } }]
  }

  #say(update: LiveUpdate): readonly StreamMessage[] {
    this.#saying = sayingOf(this.#view, this.#run, update) ?? this.#saying
    const now = this.#clock.monotonic()
    const isTooSoon = this.#saidAt !== null && now - this.#saidAt < SAY_EVERY_MS
    if (this.#saying === null || isTooSoon) return []
    const text = this.#saying
    this.#saying = null
    this.#saidAt = now
    return [{ event: 'say', data: { text, urgent: false } }]
  }
}
