import { inChunks } from '../../domain/chunks.ts'
import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import type { GenerationId } from '../../ports/index-store.ts'
import type { KeptGeneration } from '../../ports/run-ledger.ts'
import type { ChangedKey } from '../../ports/run-workspace.ts'
import { THIS_VERSION } from '../generations.ts'
import type { WriterContext } from '../lease/writer.ts'
import { isOfTheWriter } from '../lease/writer-errors.ts'
import type { Mutex } from '../wait/mutex.ts'
import { Backoff } from '../wait/persist.ts'
import { KeptGenerations, type KeptTargets } from './kept-generations.ts'
import { Announcements } from './published-rows.ts'
import type { Refreshed, RefreshKeys, RefreshOptions, RefreshTarget } from './refresh.ts'
import type { Causes } from './row-origins.ts'

/** How many keys are refreshed at a time: between two batches, a run may go live. */
export const KEYS_AT_A_TIME = 500

/** How often a write to a generation that is not live is tried after a transient error, before the generation is stale. */
const TRIES_OF_OTHERS = 3

/** The run that may be in progress beside the changes. */
export interface ChangeLead {
  /** Keeps batches of changes and the moves of aliases apart. */
  readonly changes: Mutex
  /** Adds keys to the journal of the run in progress, if it builds a generation. Never rejects because of the journal. */
  journalChanges(keys: readonly ChangedKey[]): Promise<void>
  /** The generation of the run in progress once it is caught up, until it is live; null if there is none. */
  readonly complete: KeptGeneration | null
}

export interface Applied {
  /** What was done in the live generation; null if nothing is live, or live cannot be written. */
  readonly live: Refreshed | null
  /** How many master rows were announced. */
  readonly published: number
}

interface HowToApply {
  readonly causes: Causes
  readonly announce: 'all' | readonly ChangedKey[]
  readonly options: RefreshOptions
}

/**
 * Refreshes keys in all kept generations. Live changes, resync and replay all take this path: write the keys to the journal
 * of the run in progress, refresh the kept generations, each for its own day, then announce the changed master rows of live.
 */
export class ChangeApplier {
  readonly #context: WriterContext
  readonly #lead: ChangeLead
  readonly #refresh: RefreshKeys
  readonly #kept: KeptGenerations
  readonly #announcements: Announcements

  constructor(context: WriterContext, lead: ChangeLead, refresh: RefreshKeys) {
    this.#context = context
    this.#lead = lead
    this.#refresh = refresh
    this.#kept = new KeptGenerations(context)
    this.#announcements = new Announcements(context)
  }

  /**
   * Refreshes the keys now. Rows of the keys in `announce` are announced even if they did not change, and tables
   * are mended if there are any. Rejects if the sources,
   * the live generation, the ledger or the broker fail: some of it may be done, so call it again, announcing all. Rejects
   * GENERATION_VERSION, transient, while live was built by another version and no run replaces it.
   */
  async apply(
    keys: readonly ChangedKey[],
    causes: Causes,
    announce: 'all' | readonly ChangedKey[] = [],
    options: RefreshOptions = { mendTables: announce.length > 0 },
  ): Promise<Applied> {
    const parts: Applied[] = []
    for (const batch of inChunks(keys, KEYS_AT_A_TIME)) {
      parts.push(await this.#lead.changes.run(() => this.#applyBatch(batch, { causes, announce, options })))
    }
    const live = parts.flatMap((part) => part.live ?? [])
    return {
      live: live.length === 0 ? null : merged(live),
      published: parts.reduce((sum, { published }) => sum + published, 0),
    }
  }

  async #applyBatch(keys: readonly ChangedKey[], how: HowToApply): Promise<Applied> {
    const { causes, announce, options } = how
    await this.#lead.journalChanges(keys)
    const kept = await this.#kept.targets(this.#lead.complete)
    await this.#leaveOut(kept)
    const targets = [...(kept.live === null ? [] : [kept.live]), ...kept.others]
    if (targets.length === 0) return { live: null, published: 0 }
    const results = await this.#refresh(targets, keys, causes, options)
    const [first] = results
    const live = kept.live === null ? null : settled(first)
    const published =
      live === null ? 0 : await this.#announcements.announce(live, announce, { hasViews: kept.liveHasViews })
    for (const [at, target] of targets.entries()) {
      const result = results[at]
      if (target !== kept.live && result?.status === 'rejected') {
        await this.#retryOther(target, keys, how, result.reason)
      }
    }
    return { live, published }
  }

  /** Generations of another version miss the change. The run in progress, whose journal has it, replaces that of live. */
  async #leaveOut({ outdated, outdatedLive, hasRun }: KeptTargets): Promise<void> {
    if (outdatedLive !== null && !hasRun) {
      const reason = `generation ${outdatedLive} was not built by this version; changes wait for a run`
      throw new RevalError('GENERATION_VERSION', reason, { transient: true })
    }
    for (const { generation, built } of outdated) {
      const reason = `${built}; ${THIS_VERSION} does not write to it`
      await this.#kept.markStale(generation, reason)
    }
  }

  /** A generation that is not live must not hold up the change: after some tries it is stale. */
  async #retryOther(
    target: RefreshTarget,
    keys: readonly ChangedKey[],
    { causes, options }: HowToApply,
    first: unknown,
  ): Promise<void> {
    const backoff = new Backoff()
    let error = asRevalError(first)
    for (let tries = 1; ; tries += 1) {
      if (isOfTheWriter(error.code)) throw error
      if (!error.transient || tries === TRIES_OF_OTHERS) break
      await this.#context.clock.wait(backoff.next(), NEVER)
      const [result] = await this.#refresh([target], keys, causes, options)
      if (result?.status === 'fulfilled') return
      error = asRevalError(result?.reason)
    }
    await this.#kept.markStale(target.generation, reasonOf(target.generation, error))
  }
}

const NEVER = new AbortController().signal

function reasonOf(generation: GenerationId, { code, message }: RevalError): string {
  return `a change could not be written to ${generation}: ${code}: ${message}`
}

function settled(result: PromiseSettledResult<Refreshed> | undefined): Refreshed {
  if (result?.status === 'fulfilled') return result.value
  throw asRevalError(result?.reason ?? new RevalError('INTERNAL', 'no result for the live generation'))
}

function merged(parts: readonly Refreshed[]): Refreshed {
  return {
    changes: parts.flatMap(({ changes }) => changes),
    rows: parts.flatMap(({ rows }) => rows),
    failed: parts.flatMap(({ failed }) => failed),
    unknown: parts.flatMap(({ unknown }) => unknown),
  }
}
