import { inChunks } from '../../domain/chunks.ts'
import { londonDay } from '../../domain/day.ts'
import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import type { ErasureResult } from '../../ports/erasure.ts'
import type { ResyncResult, ResyncScope, WriterRequest } from '../../ports/run-ledger.ts'
import type { ChangedKey } from '../../ports/run-workspace.ts'
import type { DoctorSource } from '../../ports/sources.ts'
import type { Conductor } from '../lead/conductor.ts'
import { isRefusal } from '../lead/request-rules.ts'
import { answerRequest } from '../lead/writer-request.ts'
import type { WriterContext } from '../lease/writer.ts'
import { readInstallation } from '../records.ts'
import type { Refreshed } from '../refresh/refresh.ts'
import type { KeyedSources } from '../refresh/source-reading.ts'
import { persist } from '../wait/persist.ts'
import type { NamedKeys } from './resync-keys.ts'
import { keysInScope, liveOf, type DoctorsOfRecommendations } from './resync-scope.ts'
import { added, NOTHING_RESYNCED, resultOf } from './resync-tally.ts'

/** How many names are refreshed at a time; live changes and the switch of a run wait for one batch at most. */
const NAMES_PER_BATCH = 250
/** How long a source may be down before the resync is refused. */
const RETRY_MS = 20_000

/** How long to wait before repeating a request whose answer could not be recorded. */
const PAUSE_MS = 1_000

/**
 * Refreshes keys in every kept generation, in turn with live changes, and announces the rows that changed; `'all'` announces
 * unchanged ones too, since an earlier try may have written them. Resolves with what it did in live. Rejects if the sources
 * cannot be read, or with the error that stopped it in live.
 */
export type RefreshNow = (keys: readonly ChangedKey[], announce?: 'all') => Promise<Refreshed>

/** Erases the person that a request names, between two batches of changes. Rejects as `erase` does. */
export type EraseNow = (request: WriterRequest) => Promise<ErasureResult>

export interface ResyncTools {
  readonly refresh: RefreshNow
  readonly doctorsOf: DoctorsOfRecommendations
  readonly erase: EraseNow
}

/**
 * Carries out requests to resync and to erase, one at a time, beside the writer's other work, so a long one delays no run. After a crash
 * the next writer starts the request over; rows that are right are not written again.
 */
export class Resyncs {
  readonly #context: WriterContext
  readonly #refresh: RefreshNow
  readonly #doctorsOf: DoctorsOfRecommendations
  readonly #erase: EraseNow
  readonly #stopping = new AbortController()
  readonly #taken = new Set<string>()
  readonly #startedAt: number
  #last: Promise<void> = Promise.resolve()
  #fault: RevalError | null = null

  constructor(context: WriterContext, { refresh, doctorsOf, erase }: ResyncTools) {
    this.#context = context
    this.#refresh = refresh
    this.#doctorsOf = doctorsOf
    this.#erase = erase
    this.#startedAt = context.clock.now()
  }

  /** Starts a request once earlier ones have ended; does nothing if it was taken before. */
  take(request: WriterRequest): void {
    if (this.#taken.has(request.id) || this.#stopping.signal.aborted) return
    this.#taken.add(request.id)
    this.#last = this.#last.then(() => this.#answer(request))
  }

  /** Why a request was not answered that would have to wait for an operator, as on a full disk; null if none has. It is taken again. */
  get fault(): RevalError | null {
    return this.#fault
  }

  /** Resolves when every request that was taken has ended. */
  idle(): Promise<void> {
    return this.#last
  }

  /** Takes no more, and resolves once the batch in progress has ended. What is not done stays for the next writer. */
  async stop(): Promise<void> {
    this.#stopping.abort(new RevalError('INTERRUPTED', 'the process stops'))
    await this.#last
  }

  async #answer(request: WriterRequest): Promise<void> {
    const { events, clock } = this.#context
    try {
      const answer = await this.#answerTo(request)
      // It stays in the inbox, and is taken again.
      if (answer === null) return
      await answerRequest(this.#context, request.id, answer)
      events.emit('request.answered', { request: { ...request, answer } })
    } catch (error) {
      if (this.#stopping.signal.aborted) return
      const coded = asRevalError(error)
      if (!coded.transient && isRefusal(coded.code)) this.#fault = coded
      events.emit('warning', { doing: `answering a request to ${request.kind}`, error: coded })
      // It stays in the inbox, and is taken again.
      await clock.wait(PAUSE_MS, this.#stopping.signal)
    } finally {
      this.#taken.delete(request.id)
    }
  }

  /** Null if the request cannot be answered yet. */
  async #answerTo(request: WriterRequest): Promise<WriterRequest['answer']> {
    const { kind, scope, at } = request
    try {
      if (kind === 'erase') return { ok: true, erasure: await this.#persist('erasing', () => this.#erase(request)) }
      if (scope === null) throw new RevalError('USAGE', 'the request does not say what to resync')
      // An earlier writer may have begun it.
      const announce = at < this.#startedAt ? 'all' : undefined
      return { ok: true, resync: await this.#carryOut(scope, announce) }
    } catch (error) {
      const { code, message } = asRevalError(error)
      // An earlier writer may have begun to erase: it is finished after the run.
      if (kind === 'erase' && code === 'RUN_IN_PROGRESS' && at < this.#startedAt) return null
      if (!isRefusal(code) || this.#stopping.signal.aborted) throw error
      return { ok: false, code, reason: message }
    }
  }

  async #carryOut(scope: ResyncScope, announce?: 'all'): Promise<ResyncResult> {
    const { ledger, store, clock } = this.#context
    const live = liveOf(await readInstallation(ledger))
    const sources = { ledger, store, doctorsOf: this.#doctorsOf }
    const named = await this.#persist('resyncing', () => keysInScope(sources, scope, live, londonDay(clock.now())))
    let result = NOTHING_RESYNCED
    for (const some of inChunks(named, NAMES_PER_BATCH)) {
      this.#stopping.signal.throwIfAborted()
      result = added(result, await this.#refreshSome(some, announce))
    }
    return result
  }

  async #refreshSome(named: readonly NamedKeys[], announce?: 'all'): Promise<ResyncResult> {
    const keys = named.flatMap((each) => each.keys)
    if (keys.length === 0) return { ...NOTHING_RESYNCED, keys: named.length, unknown: named.map(({ name }) => name) }
    let tries = 0
    const refreshed = await this.#persist('resyncing', () => {
      tries += 1
      return this.#refresh(keys, tries > 1 ? 'all' : announce)
    })
    return resultOf(named, refreshed)
  }

  #persist<T>(doing: string, action: () => Promise<T>): Promise<T> {
    const { clock } = this.#context
    const until = clock.monotonic() + RETRY_MS
    const trying = { doing, signal: this.#stopping.signal, shouldRetry: () => clock.monotonic() < until }
    return persist(this.#context, trying, action)
  }
}

/** The sources that a resync reads, by key. */
type ResyncSources = KeyedSources & { readonly doctors: Pick<DoctorSource, 'doctorsOfRecommendations'> }

/**
 * Takes the requests to resync and to erase that a conductor finds. Without sources that can be read by key, each resync is
 * refused with LIVE_CHANGES_OFF. Stop it before the lease is released.
 */
export function resyncsBeside(
  context: WriterContext,
  conductor: Conductor,
  { sources, erase }: { readonly sources: ResyncSources | null; readonly erase: EraseNow },
): Resyncs {
  const { applier } = conductor
  const refresh: RefreshNow = async (keys, announce) => {
    if (applier === null || sources === null) throw liveChangesOff()
    const { live } = await applier.apply(keys, 'resync', announce, { mendTables: true })
    if (live !== null) return live
    throw new RevalError('GENERATION_VERSION', 'the live generation is of another version; a run replaces it')
  }
  const doctorsOf: DoctorsOfRecommendations = async (ids) => {
    if (sources === null) throw liveChangesOff()
    return sources.doctors.doctorsOfRecommendations(ids)
  }
  const resyncs = new Resyncs(context, { refresh, doctorsOf, erase })
  conductor.takeResync = (request) => resyncs.take(request)
  return resyncs
}

function liveChangesOff(): RevalError {
  return new RevalError('LIVE_CHANGES_OFF', 'the writer does not read the sources by key')
}
