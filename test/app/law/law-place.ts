import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import type { WorkerBackends } from '../../../src/app/backends.ts'
import { withSources } from '../../../src/cli/backends.ts'
import { newId } from '../../../src/app/sync-context.ts'
import { startWorkerOn, type Worker } from '../../../src/app/worker.ts'
import type { Config } from '../../../src/config/config.ts'
import { assemble } from '../../../src/domain/assemble.ts'
import type { Day } from '../../../src/domain/day.ts'
import { belongsTo, byIndex, documentIn, LIST_NAMES } from '../../../src/domain/lists.ts'
import type { Row } from '../../../src/domain/row.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import type { IndexStore } from '../../../src/ports/index-store.ts'
import { CHANNELS, type Channel } from '../../../src/ports/changes.ts'
import type { KeptGeneration } from '../../../src/ports/run-ledger.ts'
import type { Finding } from '../../../src/ports/verification.ts'
import { createRunEvents, type RunEvents } from '../../../src/sync/events.ts'
import { failuresOf } from '../../../src/sync/failures-of.ts'
import { requestRun } from '../../../src/sync/lead/run-request.ts'
import { requestVerification } from '../../../src/sync/lead/verification-request.ts'
import { postRequest } from '../../../src/sync/lead/writer-request.ts'
import { readInbox, readInstallation, readRun } from '../../../src/sync/records.ts'
import { readFindings } from '../../../src/sync/verify/findings.ts'
import { tableOf, tablesOf } from '../../contract/index-store/table-rows.ts'
import { fillWith } from '../../contract/source-filling/filling.ts'
import { Chance } from '../../faults/chance.ts'
import type { WriteTables } from '../../faults/mortal.ts'
import { UnrulyBroker } from '../../faults/unruly-broker.ts'
import { World, type Happening } from '../../sync/refresh/world.ts'
import { canonical, readDocuments, type Documents } from '../job/workplace.ts'
import { DyingProcess, LateBatches } from './dying-process.ts'

/** What an installation has in common with all its processes. */
export interface LawBackends {
  readonly config: Config
  readonly backends: WorkerBackends
  /** The index store as a new process opens it: once it took a generation over, earlier ones are refused. */
  readonly openStore: () => Promise<IndexStore>
  /** Null if only the store can. */
  readonly writeTables: WriteTables | null
  /** For how long nothing must be left to do: a broker does not count messages that are on their way to or from it. */
  readonly quietMs: number
  close(): Promise<void>
}

const NEVER = new AbortController().signal

/**
 * One installation whose backends outlive its processes. Its broker repeats and reorders messages, and its sources change
 * while everything goes on.
 */
export class LawPlace {
  /** How often each thing happened. */
  readonly counts: Record<string, number> = {}
  readonly #world = new World()
  readonly #config: Config
  readonly #backends: WorkerBackends
  readonly #broker: UnrulyBroker
  readonly #openStore: () => Promise<IndexStore>
  readonly #writeTables: WriteTables | null
  readonly #chance: Chance
  readonly #late = new LateBatches()
  readonly #quietMs: number
  /** What verifications found. */
  readonly #found: Finding[] = []
  #process = new DyingProcess()
  #worker: Worker | null = null

  private constructor({ config, backends, openStore, writeTables, quietMs }: LawBackends, seed: number) {
    this.#writeTables = writeTables
    this.#chance = new Chance(seed)
    this.#quietMs = quietMs
    this.#config = config
    this.#backends = backends
    this.#broker = new UnrulyBroker(backends.broker, { seed, routes: ['traineeData', 'doctorData', ...CHANNELS] })
    this.#openStore = openStore
  }

  /** One for all tests of a file. */
  static forFile(seed: number, open: () => Promise<LawBackends>): () => LawPlace {
    const closing: (() => Promise<void>)[] = []
    let place: LawPlace | null = null
    before(async () => {
      const opened = await open()
      closing.push(() => opened.close())
      const made = new LawPlace(opened, seed)
      closing.push(() => made.#end())
      place = made
    })
    after(async () => {
      for (const close of closing.toReversed()) await close()
    })
    return () => place ?? assert.fail('only in a test')
  }

  /** A process becomes the writer, in place of one that died. Its runs build tables, or sometimes views. */
  async start(): Promise<void> {
    await this.#end()
    const process = new DyingProcess()
    // Nothing of the dead one is left running, so its successor need not wait for its lease to expire.
    const store = await this.#openStore()
    const own = { store, broker: this.#broker, alone: true, oneProcess: false, close: () => Promise.resolve() }
    const events = createRunEvents()
    this.#countEvents(events)
    this.#process = process
    const ahead = this.#chance.happens(0.5) ? this.#writeTables : null
    const backends = process.using({ ...this.#backends, ...own }, this.#late, ahead)
    const builtAs = this.#chance.happens(0.75) ? 'tables' : 'views'
    const config = { ...this.#config, lists: { ...this.#config.lists, builtAs } as const }
    this.#worker = await startWorkerOn(backends, config, { events })
  }

  async #end(): Promise<void> {
    await this.#worker?.stop()
    await this.#process.end()
  }

  /** Starts another process if there is none alive. */
  async ensureAlive(): Promise<void> {
    if (this.#worker === null || this.#process.isDead) await this.start()
  }

  /** The process dies after so many moments. */
  dieAfter(moments: number): void {
    this.#process.dieAfter(moments)
  }

  /** The process dies with its next batch of rows on the way, or when its tables are written and its rows are not. */
  dieWriting(): void {
    this.#process.dieWriting()
  }

  /** What was on the way when a process died arrives now. */
  async arrive(): Promise<void> {
    const { written, refused } = await this.#late.arrive()
    this.#count('late batches written', written)
    this.#count('late batches refused', refused)
  }

  /** Changes the sources, and announces each change. */
  async happen(happenings: readonly Happening[]): Promise<void> {
    for (const happening of happenings) this.#world.happen(happening)
    await withSources(this.#config, true, (sources) => fillWith(sources, this.#world.tables()))
    for (const happening of happenings) {
      const [channel, body] = announcementOf(happening)
      await this.#broker.publish(channel, { body: Buffer.from(JSON.stringify(body)), attributes: {} })
    }
    this.#count('changes', happenings.length)
  }

  /** Requests a run, unless one is in progress. */
  async request(day: Day): Promise<void> {
    await this.#unlessRunning(() => requestRun({ ...this.#backends, newId }, { by: 'law', day }))
  }

  /** Requests a verification of live, unless a run is in progress. */
  async verify(): Promise<void> {
    await this.#unlessRunning(() => requestVerification({ ...this.#backends, newId }, { by: 'law', repair: null }))
  }

  async #unlessRunning(request: () => Promise<unknown>): Promise<void> {
    try {
      await request()
    } catch (error) {
      if (!(error instanceof RevalError) || error.code !== 'RUN_IN_PROGRESS') throw error
    }
    this.#worker?.integration?.wake()
  }

  /** Requests a rollback, or the promotion of the generation that is held back; the writer may refuse. */
  async ask(kind: 'rollback' | 'promote'): Promise<void> {
    const { heldBack } = await readInstallation(this.#backends.ledger)
    if (kind === 'promote' && heldBack === null) return
    const run = kind === 'promote' ? (heldBack?.run ?? null) : null
    await postRequest({ ...this.#backends, newId }, { kind, run, scope: null, by: 'law', why: 'a test' })
    this.#worker?.integration?.wake()
  }

  /** Resolves once all messages are acknowledged and nothing is in progress. */
  async settle(): Promise<void> {
    const deadline = AbortSignal.timeout(100_000)
    const { clock } = this.#backends
    let busyAt = clock.monotonic()
    do {
      deadline.throwIfAborted()
      await this.ensureAlive()
      await this.pause()
      if (!(await this.#isIdle())) busyAt = clock.monotonic()
    } while (clock.monotonic() - busyAt < this.#quietMs || !(await this.#isIdle()))
  }

  /** What goes on goes on for a moment. */
  async pause(): Promise<void> {
    await this.#backends.clock.wait(this.#config.writer.pollMs, NEVER)
  }

  /**
   * The law: every kept generation equals a rebuild from the sources for its day, in all five indexes, and no verification
   * has said otherwise.
   */
  async judge(): Promise<void> {
    assert.deepEqual(this.#found, [])
    const { ledger, store } = this.#backends
    const { live, previous, heldBack, stale } = await readInstallation(ledger)
    assert.deepEqual(stale, {})
    for (const kept of [live, previous, heldBack]) {
      if (kept === null) continue
      const { generation, run }: KeptGeneration = kept
      const { day } = await readRun(ledger, run)
      const { rows, refused } = this.#world.rebuild(day)
      const from = kept === live ? 'live' : generation
      assert.deepEqual(await readDocuments({ store }, from, day), documentsOf(rows.values(), day))
      await this.#judgeTables(kept, day, [...rows.values()])
      const failures = await Array.fromAsync(failuresOf(ledger, generation))
      assert.deepEqual(failures.map(({ key }) => key).sort(), [...refused].sort())
      this.#count('generations judged')
    }
  }

  async #judgeTables({ generation }: KeptGeneration, day: Day, rows: readonly Row[]): Promise<void> {
    const { store } = this.#backends
    if ((await store.countTables(generation)) === null) return
    const expected = tablesOf(rows, day)
    for (const list of LIST_NAMES) assert.deepEqual(await tableOf(store, generation, list), expected[list], list)
    this.#count('generations with tables judged')
  }

  async #isIdle(): Promise<boolean> {
    for (const channel of CHANNELS) {
      const { waiting, unacknowledged } = await this.#broker.depth(channel)
      if (waiting + unacknowledged > 0) return false
    }
    const { ledger } = this.#backends
    if ((await readInstallation(ledger)).currentRun !== null) return false
    return (await readInbox(ledger)).requests.every(({ answer }) => answer !== null)
  }

  #countEvents(events: RunEvents): void {
    events.on('lease.acquired', () => this.#count('writers'))
    events.on('run.ended', async ({ run }) => {
      this.#count(`runs ${run.state}`)
      if (run.verification === null) return
      if (run.verification.settled > 0) this.#count('verifications with changes on their way')
      this.#found.push(...(await readFindings(this.#backends.ledger, run.verification, { limit: 10 })))
    })
    events.on('run.restarted', () => this.#count('runs restarted'))
    events.on('request.answered', ({ request: { kind, answer } }) => {
      this.#count(`${kind} ${answer?.ok === true ? 'done' : 'refused'}`)
    })
  }

  #count(what: string, times = 1): void {
    this.counts[what] = (this.counts[what] ?? 0) + times
  }
}

/** The message that announces a change, with its channel. */
function announcementOf(happening: Happening): readonly [Channel, object] {
  switch (happening.in) {
    case 'tcs':
      return ['traineeChanged', { tcsPersonId: happening.personId }]
    case 'gmc':
      return ['doctorChanged', { operationType: 'replace', documentKey: { _id: happening.storedId } }]
    case 'exceptions':
      // No channel announces reasons, so a recommendation that changes with it does.
      return ['recommendationChanged', { operationType: 'insert', fullDocument: { gmcNumber: happening.number } }]
  }
}

/** The documents of the five indexes for these rows, by the rules of the domain. */
function documentsOf(rows: Iterable<Row>, day: Day): Documents {
  const documents = [...rows].map(({ parts }) => assemble(parts))
  return byIndex((index) =>
    documents
      .filter((document) => belongsTo(index, document, day))
      .map((document) => canonical(documentIn(index, document)))
      .sort(),
  )
}
