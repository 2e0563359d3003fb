import type { Day } from '../../domain/day.ts'
import { hasViews, type GenerationId } from '../../ports/index-store.ts'
import type { KeptGeneration, RunId } from '../../ports/run-ledger.ts'
import { otherVersion } from '../generations.ts'
import { keptGenerations } from '../keeping-rules.ts'
import type { WriterContext } from '../lease/writer.ts'
import { changeAsWriter, readInstallation, readRun } from '../records.ts'
import type { RefreshTarget } from './refresh.ts'

/** The generations that a change is written to. */
export interface KeptTargets {
  /** Null if nothing is live, or live is outdated. */
  readonly live: RefreshTarget | null
  /** Whether the lists of what is live are views of its master index. */
  readonly liveHasViews: boolean
  readonly others: readonly RefreshTarget[]
  /** Kept generations that another version built: this version must not write to them. Without those of the Java services. */
  readonly outdated: readonly { readonly generation: GenerationId; readonly built: string }[]
  /** The live generation, if it is outdated or one of the Java services; else null. */
  readonly outdatedLive: GenerationId | null
  readonly hasRun: boolean
}

/** The generations that changes are written to, each with the day of its run. */
export class KeptGenerations {
  readonly #context: WriterContext
  /** Neither changes: a run has one day, a generation one version. */
  readonly #days = new Map<RunId, Day>()
  readonly #found = new Map<GenerationId, { readonly other: string | null; readonly hasViews: boolean }>()

  constructor(context: WriterContext) {
    this.#context = context
  }

  /** Reads the installation record. `complete` is the generation of a run that goes live; null if there is none. */
  async targets(complete: KeptGeneration | null): Promise<KeptTargets> {
    const { live, previous, heldBack, java, stale, currentRun } = await readInstallation(this.#context.ledger)
    const kept = new Map<GenerationId, KeptGeneration>()
    // A stale generation stays stale: it is dropped sooner or later.
    for (const each of [previous, heldBack, complete]) {
      if (each !== null && stale[each.generation] === undefined) kept.set(each.generation, each)
    }
    if (live !== null) kept.set(live.generation, live)
    const outdated: { generation: GenerationId; built: string }[] = []
    const targets: RefreshTarget[] = []
    let outdatedLive: GenerationId | null = null
    for (const { generation, run } of kept.values()) {
      const built = (await this.#find(generation))?.other ?? null
      if (built === null) targets.push({ generation, run, day: await this.#dayOf(run) })
      else if (generation === live?.generation) outdatedLive = generation
      // That of the Java services is known to be as of the day when it was taken.
      if (built !== null && generation !== java?.generation) outdated.push({ generation, built })
    }
    return {
      live: targets.find(({ generation }) => generation === live?.generation) ?? null,
      liveHasViews: live !== null && (await this.#find(live.generation))?.hasViews === true,
      others: targets.filter(({ generation }) => generation !== live?.generation),
      outdated,
      outdatedLive,
      hasRun: currentRun !== null,
    }
  }

  /** Records that a generation missed a change, unless that is on record or the generation is not kept any more. */
  async markStale(generation: GenerationId, reason: string): Promise<void> {
    const at = this.#context.clock.now()
    const entry = { reason, at }
    const { stale: recorded } = await changeAsWriter(this.#context, (known) => {
      const isKept = keptGenerations(known).has(generation)
      if (!isKept || known.stale[generation] !== undefined) return null
      return { ...known, stale: { ...known.stale, [generation]: entry } }
    })
    if (recorded[generation] === entry) this.#context.events.emit('generation.stale', { generation, reason })
  }

  async #dayOf(run: RunId): Promise<Day> {
    const day = this.#days.get(run) ?? (await readRun(this.#context.ledger, run)).day
    this.#days.set(run, day)
    return day
  }

  /** Undefined for a dropped generation: it counts as one of this version, since the write to it will fail. */
  async #find(generation: GenerationId) {
    if (!this.#found.has(generation)) {
      for (const each of await this.#context.store.generations()) {
        this.#found.set(each.id, { other: otherVersion(each), hasViews: hasViews(each) })
      }
    }
    return this.#found.get(generation)
  }
}
