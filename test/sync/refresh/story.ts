import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { ChangedKey } from '../../../src/ports/run-workspace.ts'
import { createRefresh, type RefreshKeys, type RefreshTarget } from '../../../src/sync/refresh/refresh.ts'
import type { KeyedSources } from '../../../src/sync/refresh/source-reading.ts'
import { altered } from '../../faults/altered.ts'
import { Life, mortalLedger, mortalStore } from '../../faults/mortal.ts'
import { aContext } from '../a-context.ts'
import { DAYS, HAPPENING, ROW_IDS } from './happenings.ts'
import { REFRESH_SETTINGS, type RefreshPlace } from './place.ts'
import { World, type Happening } from './world.ts'

/** One event of a story. `choice` selects what is delivered, and which writes of a fatal batch are made. */
export type Event =
  | { readonly event: 'happens'; readonly happenings: readonly Happening[] }
  | {
      readonly event: 'refresh'
      readonly keys: number
      readonly choice: number
      /** Something that happens before the n-th time that a source is read. */
      readonly meanwhile: readonly [readNext: number, happening: Happening] | null
      /** After how many writes the process dies. Then the sources may become what they were before the messages that wait. */
      readonly dies: { readonly after: number; readonly changesBack: boolean } | null
    }
  | { readonly event: 'message is repeated'; readonly choice: number }
  | { readonly event: 'new writer' }
  | { readonly event: 'generation is built'; readonly day: (typeof DAYS)[number] }

const choice = fc.nat(11)
const EVENT: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      event: fc.constant('happens' as const),
      happenings: fc.array(HAPPENING, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      event: fc.constant('refresh' as const),
      keys: fc.integer({ min: 1, max: 4 }),
      choice,
      meanwhile: fc.option(fc.tuple(fc.nat(5), HAPPENING), { freq: 3 }),
      dies: fc.option(fc.record({ after: fc.nat(12), changesBack: fc.boolean() }), { freq: 2 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ event: fc.constant('message is repeated' as const), choice }) },
  { weight: 1, arbitrary: fc.constant({ event: 'new writer' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ event: fc.constant('generation is built' as const), day: fc.constantFrom(...DAYS) }),
  },
)

/** What there is at the beginning, and the events after it. */
export const STORY = fc.tuple(
  fc.array(HAPPENING, { maxLength: 8, size: 'max' }),
  fc.array(EVENT, { maxLength: 12, size: 'max' }),
)

/** A message that is not acknowledged, and the term of the writer when it was sent. */
interface Message {
  readonly key: ChangedKey
  readonly term: number
}

const MOST_GENERATIONS = 3
const MOST_BATCHES = 200

/** Tells a story on the code of refresh and embedded backends: one writer at a time, which may die and be succeeded. */
export class Story {
  readonly #place: RefreshPlace
  readonly #world = new World()
  #targets: RefreshTarget[] = []
  /** Messages that are not acknowledged, and all there were. */
  #waiting: Message[] = []
  readonly #announced: ChangedKey[] = []
  /** What would undo what happened since nothing was waiting. */
  readonly #before = new Map<string, Happening>()
  #term = 0
  #life = new Life()
  #refresh: RefreshKeys
  #meanwhile: { readsLeft: number; readonly happening: Happening } | null = null
  /** Requests that changed a row, a record or what is visible. */
  #writes = 0

  private constructor(place: RefreshPlace) {
    this.#place = place
    this.#refresh = this.#newWriter()
  }

  static async begin(place: RefreshPlace, before: readonly Happening[]): Promise<Story> {
    const story = new Story(place)
    for (const happening of before) story.#world.happen(happening)
    await place.fill(story.#world.tables())
    for (const day of DAYS) story.#targets.push(await place.build(story.#world, day))
    return story
  }

  async tell(event: Event): Promise<void> {
    switch (event.event) {
      case 'happens':
        return this.#happen(event.happenings)
      case 'refresh':
        return this.#refreshSome(event)
      case 'message is repeated': {
        const key = this.#announced[event.choice % Math.max(1, this.#announced.length)]
        if (key !== undefined) this.#waiting.push({ key, term: this.#term })
        return
      }
      case 'new writer':
        this.#refresh = this.#newWriter()
        return
      case 'generation is built':
        this.#targets.push(await this.#place.build(this.#world, event.day))
        while (this.#targets.length > MOST_GENERATIONS) await this.#place.drop(this.#targets.shift() ?? assert.fail())
    }
  }

  /** Refreshes until all messages are acknowledged. */
  async end(): Promise<void> {
    for (let batches = 0; this.#waiting.length > 0; batches += 1) {
      assert.ok(batches < MOST_BATCHES, 'the work does not end')
      await this.#refreshSome({ keys: 3, choice: batches, meanwhile: null, dies: null })
    }
  }

  /** The law: every generation equals a rebuild from the final sources for its day. So do its failures. */
  async judge(): Promise<void> {
    for (const target of this.#targets) {
      const { rows, refused } = this.#world.rebuild(target.day)
      assert.deepEqual(await this.#place.rows(target, ROW_IDS), rows)
      const failures = await this.#place.failures(target)
      assert.deepEqual(failures.map(({ key }) => key).sort(), [...refused].sort())
    }
  }

  /** Refreshing everything again changes no row, and the next time sends no write at all. */
  async judgeRepetition(): Promise<void> {
    for (const mayRecord of [true, false]) {
      const before = this.#writes
      for (const result of await this.#refresh(this.#targets, this.#announced, 'resync')) {
        if (result.status === 'rejected') throw result.reason
        assert.deepEqual(result.value.changes, [])
      }
      // The reason of a failure may be another than the run's.
      if (!mayRecord) assert.equal(this.#writes, before)
    }
  }

  async drop(): Promise<void> {
    for (const target of this.#targets) await this.#place.drop(target)
  }

  async #happen(happenings: readonly Happening[]): Promise<void> {
    if (this.#waiting.length === 0) this.#before.clear()
    const keys = happenings.map((happening) => {
      const before = this.#world.now(happening)
      const key = this.#world.happen(happening)
      const name = JSON.stringify([happening.in, key])
      if (!this.#before.has(name)) this.#before.set(name, before)
      return key
    })
    await this.#place.fill(this.#world.tables())
    this.#announced.push(...keys)
    this.#waiting.push(...keys.map((key) => ({ key, term: this.#term })))
  }

  async #refreshSome({ keys, choice, meanwhile, dies }: Omit<Event & { event: 'refresh' }, 'event'>): Promise<void> {
    const taken: Message[] = []
    while (taken.length < keys && this.#waiting.length > 0) {
      taken.push(...this.#waiting.splice(choice % this.#waiting.length, 1))
    }
    if (taken.length === 0) return
    if (dies !== null) {
      this.#life = new Life(dies.after)
      this.#refresh = this.#newWriter(choice)
    }
    if (meanwhile !== null) this.#meanwhile = { readsLeft: meanwhile[0], happening: meanwhile[1] }
    // An earlier writer may have begun to write their rows.
    const mendTables = taken.some(({ term }) => term < this.#term)
    const taking = taken.map(({ key }) => key)
    const results = await this.#refresh(this.#targets, taking, 'resync', { mendTables })
    this.#meanwhile = null
    const failed = results.find((result) => result.status === 'rejected')
    if (failed !== undefined && !this.#life.isOver) throw failed.reason
    // Not acknowledged, so all of them are delivered again.
    if (failed !== undefined) this.#waiting.push(...taken)
    if (dies === null) return
    this.#life = new Life()
    this.#refresh = this.#newWriter()
    if (dies.changesBack) await this.#happen([...this.#before.values()])
  }

  #newWriter(position = 0): RefreshKeys {
    this.#term += 1
    const counted = () => {
      this.#writes += 1
    }
    const store = altered(this.#place.openStore(), {
      write:
        (own) =>
        (...values) => {
          counted()
          return own(...values)
        },
    })
    const ledger = altered(this.#place.ledger, {
      addFailures:
        (own) =>
        (...values) => {
          counted()
          return own(...values)
        },
      removeFailures:
        (own) =>
        (...values) => {
          counted()
          return own(...values)
        },
    })
    const settings = { ...REFRESH_SETTINGS, rowsPerWrite: 2 }
    const context = aContext({
      store: mortalStore(store, this.#life, position, (...values) => this.#place.writeInTablesOnly(...values)),
      ledger: mortalLedger(ledger, this.#life),
      settings,
    })
    return createRefresh(context, this.#sources())
  }

  /** The sources, which may change before any reading. */
  #sources(): KeyedSources {
    const { trainees, doctors, exceptions } = this.#place.sources
    const reading =
      <Keys, Result>(own: (keys: Keys) => Promise<Result>) =>
      async (keys: Keys): Promise<Result> => {
        const meanwhile = this.#meanwhile
        if (meanwhile !== null && meanwhile.readsLeft-- === 0) await this.#happen([meanwhile.happening])
        return own(keys)
      }
    return {
      trainees: { recordsOf: reading((keys) => trainees.recordsOf(keys)) },
      doctors: { recordsOf: reading((keys) => doctors.recordsOf(keys)) },
      exceptions: { reasonsOf: reading((numbers) => exceptions.reasonsOf(numbers)) },
    }
  }
}
