import { INDEX_NAMES, type IndexName } from '../../../domain/lists.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { GenerationId, LiveNames } from '../../../ports/index-store.ts'
import type { Engine } from '../../opensearch/engine.ts'
import type { SearchSettings } from '../../opensearch/settings.ts'
import { storeFault } from './faults.ts'
import type { GenerationNames } from './generation-names.ts'
import { listQuery } from './list-queries.ts'

type Aliases = Readonly<Record<string, { readonly aliases?: Readonly<Record<string, unknown>> }>>

/** What stands under one of the five names. */
export type Holder =
  | { readonly kind: 'nothing' }
  /** An index of that name, as the Java services make it. */
  | { readonly kind: 'index' }
  /** An alias, on these indexes. */
  | { readonly kind: 'alias'; readonly indexes: readonly string[] }

const PING_TIMEOUT_MS = 5_000

/** The five names that users read, as filtered aliases on the index of one generation. */
export class FiveNames {
  readonly #engine: Engine
  readonly #names: GenerationNames
  readonly #settings: SearchSettings

  constructor(engine: Engine, names: GenerationNames, settings: SearchSettings) {
    this.#engine = engine
    this.#names = names
    this.#settings = settings
  }

  /** What stands under each name, all read at one moment. */
  async holders({ once = false } = {}): Promise<Readonly<Record<IndexName, Holder>>> {
    const call = {
      method: 'GET',
      path: `/${[...this.#names.allShown.keys()].join(',')}/_alias`,
      query: { ignore_unavailable: true, allow_no_indices: true },
      repeatable: true,
    } as const
    const { body } = once
      ? await this.#engine.callOnce<Aliases>({ ...call, timeoutMs: PING_TIMEOUT_MS })
      : await this.#engine.call<Aliases>(call)
    const holderOf = (name: IndexName): Holder => {
      const shown = this.#names.shown(name)
      if (shown in body) return { kind: 'index' }
      const indexes = Object.keys(body).filter((index) => shown in (body[index]?.aliases ?? {}))
      return indexes.length === 0 ? { kind: 'nothing' } : { kind: 'alias', indexes }
    }
    return byName(holderOf)
  }

  /**
   * Which generation each name shows; null before the first promotion, and where somebody has since taken a name away
   * or given it to something else: then only another promotion makes them right.
   */
  async live(): Promise<LiveNames | null> {
    const holders = await this.holders()
    const live = new Map<IndexName, GenerationId>()
    for (const name of INDEX_NAMES) {
      const holder = holders[name]
      const [index, ...more] = holder.kind === 'alias' ? holder.indexes : []
      const generation = index === undefined || more.length > 0 ? null : this.#names.generationOf(index)
      if (generation === null) return null
      live.set(name, generation)
    }
    // Every name has been set.
    return byName((name) => live.get(name) ?? '')
  }

  /** Whether any of the names shows this generation. */
  async show(id: GenerationId): Promise<boolean> {
    const index = this.#names.index(id)
    const holders = Object.values(await this.holders())
    return holders.some((holder) => holder.kind === 'alias' && holder.indexes.includes(index))
  }

  /**
   * Moves all five names to a generation in one step, from wherever they are. Rejects STORE_NAME_TAKEN where an index
   * has one of the names, unless the settings let it be removed, which then is part of the same step.
   */
  async moveTo(id: GenerationId): Promise<void> {
    const index = this.#names.index(id)
    const holders = await this.holders()
    const taken = INDEX_NAMES.filter((name) => holders[name].kind === 'index').map((name) => this.#names.shown(name))
    if (taken.length > 0 && !this.#settings.searchReplaceIndexes) {
      const what = `${taken.join(', ')}: an index has the name that has to be an alias`
      throw new RevalError('STORE_NAME_TAKEN', what, { details: { indexes: taken } })
    }
    const actions = [
      ...taken.map((each) => ({ remove_index: { index: each } })),
      ...INDEX_NAMES.flatMap((name) => {
        const holder = holders[name]
        const others = holder.kind === 'alias' ? holder.indexes.filter((each) => each !== index) : []
        return others.map((each) => ({ remove: { index: each, alias: this.#names.shown(name) } }))
      }),
      ...INDEX_NAMES.map((name) => ({ add: { index, alias: this.#names.shown(name), ...shownBy(name) } })),
    ]
    try {
      // An index that was removed cannot be removed again: whoever asks reads the names anew first.
      await this.#engine.call({ method: 'POST', path: '/_aliases', body: { actions }, repeatable: taken.length === 0 })
    } catch (error) {
      throw storeFault(error, id)
    }
  }
}

/** The alias is read only: who writes through a name, writes into the rows of a generation behind our back. */
function shownBy(name: IndexName): object {
  return { filter: listQuery(name, 'now'), is_write_index: false }
}

function byName<T>(of: (name: IndexName) => T): Record<IndexName, T> {
  // Every name of the list is set.
  return Object.fromEntries(INDEX_NAMES.map((name) => [name, of(name)])) as Record<IndexName, T>
}
