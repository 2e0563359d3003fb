import { setTimeout } from 'node:timers/promises'
import { INDEX_NAMES } from '../../src/domain/lists.ts'
import { call } from '../stack/engine.ts'
import type { Change, Subject } from './subjects.ts'

const LOOK_MS = 50
/** Counting all five indexes with each poll would be a load of its own. */
const COUNTED_EVERY = 10
/** Pending rows asked for at a time. */
const MOST_PENDING = 2_000
const FIELDS = ['placementGrade', 'admin', 'gmcStatus'] as const

interface Pending {
  readonly change: Change
  readonly publishedAt: number
}

/** What a reader knows of one field of one row. */
interface Track {
  /** The latest version with each value. */
  readonly versions: Map<string, number>
  seen: number
}

interface Hit {
  readonly _id: string
  readonly fields?: Readonly<Record<string, readonly unknown[]>>
}

/** What was wrong with what a reader saw. */
export interface ReaderFaults {
  readonly errors: number
  /** Rows that were missing, and counts that differed. */
  readonly gaps: number
  /** Older values after newer ones. */
  readonly older: number
  readonly first: string | null
}

/**
 * Polls the live indexes through their aliases: the master index for the rows of changes that are not visible yet and for
 * the watched ones; now and then the number of rows in all five, which no change alters.
 */
export class Reader {
  readonly #prefix: string
  readonly #watched: readonly Subject[]
  readonly #tracks = new Map<string, Track>()
  #pending: Pending[] = []
  #stopping = new AbortController()
  #polling: Promise<void> = Promise.resolve()
  #counts: readonly number[] | null = null
  #faults = { errors: 0, gaps: 0, older: 0, first: null as string | null }
  #latencies: number[] = []
  #polls = 0
  #startedAt = 0

  constructor(prefix: string, watched: readonly Subject[]) {
    this.#prefix = prefix
    this.#watched = watched
  }

  start(everyMs: number): void {
    this.#stopping = new AbortController()
    this.#startedAt = performance.now()
    this.#polls = 0
    this.#polling = this.#poll(everyMs, this.#stopping.signal)
  }

  /** Waits until all pending changes are visible, or for so long. Resolves with how many are not. */
  async settle(longestMs: number): Promise<number> {
    const end = performance.now() + longestMs
    while (this.#pending.length > 0 && performance.now() < end) await setTimeout(LOOK_MS)
    return this.#pending.length
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#polling
  }

  /** The mean time between two polls, in milliseconds. */
  get resolutionMs(): number {
    return (performance.now() - this.#startedAt) / Math.max(1, this.#polls)
  }

  get faults(): ReaderFaults {
    return { ...this.#faults }
  }

  /** The milliseconds from publishing to visible of the changes seen since the last call. */
  takeLatencies(): readonly number[] {
    const taken = this.#latencies
    this.#latencies = []
    return taken
  }

  /** Call it before the hints are published. */
  expect(changes: readonly Change[]): void {
    const publishedAt = performance.now()
    for (const change of changes) {
      this.#track(change.subject.row, change.subject.field).versions.set(change.value, change.version)
      this.#pending.push({ change, publishedAt })
    }
  }

  #track(row: string, field: string): Track {
    const key = `${row} ${field}`
    const track = this.#tracks.get(key) ?? { versions: new Map<string, number>(), seen: 0 }
    this.#tracks.set(key, track)
    return track
  }

  async #poll(everyMs: number, signal: AbortSignal): Promise<void> {
    for (let poll = 0; !signal.aborted; poll += 1) {
      const next = performance.now() + everyMs
      try {
        await this.#readRows()
        if (poll % COUNTED_EVERY === 0) await this.#readCounts()
      } catch (error) {
        this.#fault('errors', String(error))
      }
      this.#polls += 1
      await setTimeout(Math.max(0, next - performance.now()))
    }
  }

  async #readRows(): Promise<void> {
    const pending = this.#pending.slice(0, MOST_PENDING).map(({ change }) => change.subject.row)
    const rows = new Set([...this.#watched.map(({ row }) => row), ...pending])
    if (rows.size === 0) return
    const query = {
      query: { ids: { values: [...rows] } },
      size: rows.size,
      _source: false,
      track_total_hits: false,
      docvalue_fields: FIELDS.map((field) => `${field}.keyword`),
    }
    const text = await this.#search('masterdoctorindex', query)
    const seenAt = performance.now()
    const { hits } = JSON.parse(text) as { hits: { hits: readonly Hit[] } }
    const found = new Map(hits.hits.map((hit) => [hit._id, hit]))
    for (const row of rows) if (!found.has(row)) this.#fault('gaps', `${row} is missing`)
    for (const [row, hit] of found) {
      for (const field of FIELDS) this.#see(row, field, hit.fields?.[`${field}.keyword`]?.[0])
    }
    this.#pending = this.#pending.filter(({ change, publishedAt }) => {
      if (this.#track(change.subject.row, change.subject.field).seen < change.version) return true
      this.#latencies.push(seenAt - publishedAt)
      return false
    })
  }

  #see(row: string, field: string, value: unknown): void {
    const track = this.#tracks.get(`${row} ${field}`)
    if (track === undefined) return
    const version = track.versions.get(String(value)) ?? 0
    if (version < track.seen) this.#fault('older', `${row} ${field}: version ${version} after ${track.seen}`)
    track.seen = Math.max(track.seen, version)
  }

  async #readCounts(): Promise<void> {
    const counts: number[] = []
    for (const index of INDEX_NAMES) {
      const text = await this.#search(index, { size: 0, track_total_hits: true })
      counts.push((JSON.parse(text) as { hits: { total: { value: number } } }).hits.total.value)
    }
    this.#counts ??= counts
    if (String(counts) !== String(this.#counts))
      this.#fault('gaps', `counts ${String(counts)}, before ${String(this.#counts)}`)
  }

  #search(index: string, query: object): Promise<string> {
    const path = `/${this.#prefix}${index}/_search?allow_partial_search_results=false`
    return call('POST', path, JSON.stringify(query))
  }

  #fault(kind: 'errors' | 'gaps' | 'older', what: string): void {
    this.#faults[kind] += 1
    this.#faults.first ??= what
  }
}
