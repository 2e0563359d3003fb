import { INDEX_NAMES, type IndexName } from '../../../domain/lists.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { GenerationId, Guard, LiveNames } from '../../../ports/index-store.ts'
import { EngineFault, type Engine, type EngineCall } from '../../opensearch/engine.ts'
import type { SearchSettings } from '../../opensearch/settings.ts'
import { storeFault } from './faults.ts'
import type { GenerationNames } from './generation-names.ts'
import { listQuery } from './list-queries.ts'

/** What one of the five names is in the engine. */
export type AliasTarget =
  | { readonly kind: 'nothing' }
  /** An index of that name, as the Java services make it. */
  | { readonly kind: 'index' }
  /** An alias, on these indexes. */
  | { readonly kind: 'alias'; readonly indexes: readonly string[] }

/** What each name points at, and which indexes have the mark of the live generation, all read at one moment. */
interface AliasTargets {
  readonly names: Readonly<Record<IndexName, AliasTarget>>
  readonly marked: readonly string[]
}

interface CountAnswer {
  readonly count: number
  readonly _shards: { readonly total: number }
}

/** The engine's word for an alias that would have two write indexes. */
const TWO_WRITE_INDEXES = /more than one write index/

/** The five names that users read, as filtered aliases on the index of one generation. */
export class IndexAliases {
  readonly #engine: Engine
  readonly #names: GenerationNames
  readonly #settings: Pick<SearchSettings, 'searchReplaceIndexes'>

  constructor(engine: Engine, names: GenerationNames, settings: Pick<SearchSettings, 'searchReplaceIndexes'>) {
    this.#engine = engine
    this.#names = names
    this.#settings = settings
  }

  async targets(kind: EngineCall['kind'] = 'small'): Promise<AliasTargets> {
    const { liveMark } = this.#names
    const indexes = await this.#engine.indexes(
      [...INDEX_NAMES.map((name) => this.#names.aliasName(name)), liveMark],
      kind,
    )
    const having = (alias: string) => Object.keys(indexes).filter((index) => alias in (indexes[index]?.aliases ?? {}))
    const targetOf = (name: IndexName): AliasTarget => {
      const alias = this.#names.aliasName(name)
      if (alias in indexes) return { kind: 'index' }
      const aliased = having(alias)
      return aliased.length === 0 ? { kind: 'nothing' } : { kind: 'alias', indexes: aliased }
    }
    // Every name of the list is set.
    const names = Object.fromEntries(INDEX_NAMES.map((name) => [name, targetOf(name)])) as AliasTargets['names']
    return { names, marked: having(liveMark) }
  }

  /**
   * Which generation each name shows; null before the first promotion, and where a name was since removed or given
   * to something else: then only another promotion makes them right.
   */
  async live(): Promise<LiveNames | null> {
    const { names } = await this.targets()
    const live: Partial<Record<IndexName, GenerationId>> = {}
    for (const name of INDEX_NAMES) {
      const target = names[name]
      const [index, ...more] = target.kind === 'alias' ? target.indexes : []
      const generation = index === undefined || more.length > 0 ? null : this.#names.generationOf(index)
      if (generation === null) return null
      live[name] = generation
    }
    // Every name has been set.
    return live as LiveNames
  }

  /** Whether any of the names shows this generation. */
  async isShown(id: GenerationId): Promise<boolean> {
    const index = this.#names.index(id)
    const { names } = await this.targets()
    return Object.values(names).some((target) => target.kind === 'alias' && target.indexes.includes(index))
  }

  /** Rows of each name that is an index, or an alias on indexes, not made by this store; null where none of them is. */
  async foreignCounts(): Promise<Readonly<Partial<Record<IndexName, number>>> | null> {
    const { names } = await this.targets()
    const counts: Partial<Record<IndexName, number>> = {}
    for (const name of INDEX_NAMES) {
      const target = names[name]
      const generations = target.kind === 'alias' ? target.indexes.map((index) => this.#names.generationOf(index)) : []
      if (target.kind === 'nothing' || generations.some((generation) => generation !== null)) continue
      // An index that is closed, or has gone meanwhile, has nothing to compare with.
      const query = { ignore_unavailable: true }
      const answer = await this.#engine.get<CountAnswer>(`/${this.#names.aliasName(name)}/_count`, query)
      if (answer._shards.total > 0) counts[name] = answer.count
    }
    return Object.keys(counts).length === 0 ? null : counts
  }

  /**
   * The actions that move all five names from a generation to another, as the names are now; null where they show it
   * already. Rejects NAMES_MOVED where one shows a third generation, and STORE_NAME_TAKEN where an index has one of the
   * names and the settings do not let it be removed.
   */
  async planMove(to: GenerationId, from: GenerationId | null): Promise<readonly object[] | null> {
    const targets = await this.targets()
    this.#assertNotMoved(targets, to, from)
    const index = this.#names.index(to)
    if (INDEX_NAMES.every((name) => isOn(targets.names[name], index))) return null
    const taken = INDEX_NAMES.filter((name) => targets.names[name].kind === 'index').map((name) =>
      this.#names.aliasName(name),
    )
    if (taken.length > 0 && !this.#settings.searchReplaceIndexes) {
      const what = `${taken.join(', ')}: name is taken by an index, but must be an alias`
      throw new RevalError('STORE_NAME_TAKEN', what, { details: { indexes: taken } })
    }
    return this.#moves(targets, index)
  }

  /** Carries out a plan. Rejects NAMES_MOVED, with nothing changed, where another promotion came in between. */
  async move(to: GenerationId, actions: readonly object[], guard?: Guard): Promise<void> {
    try {
      await this.#engine.call({ method: 'POST', path: '/_aliases', body: { actions }, kind: 'large', guard })
    } catch (error) {
      if (error instanceof EngineFault && TWO_WRITE_INDEXES.test(error.message)) {
        throw moved('another promotion moved the names at the same time', error)
      }
      throw storeFault(error, to)
    }
  }

  /**
   * The actions of the one call that makes all five names aliases of an index, and nothing else.
   *
   * What makes it a compare-and-set is the mark: an alias whose write index is that of the live generation. It is taken
   * from where it was when the names were read. If another call has moved it since, taking it away does nothing, giving
   * it would leave it with two write indexes, and the engine refuses the call as a whole. That also holds where there is
   * no mark yet, and every version of the engines does it; `must_exist` is known to OpenSearch from 2.12 on, and says
   * nothing where a name was free.
   */
  #moves({ names, marked }: AliasTargets, index: string): object[] {
    const { liveMark } = this.#names
    const removed = INDEX_NAMES.flatMap((name): object[] => {
      const target = names[name]
      const alias = this.#names.aliasName(name)
      if (target.kind === 'index') return [{ remove_index: { index: alias } }]
      const others = target.kind === 'alias' ? target.indexes.filter((each) => each !== index) : []
      return others.map((each) => ({ remove: { index: each, alias } }))
    })
    // The alias is read only: a write through a name would change the rows of a generation behind our back.
    const added = INDEX_NAMES.map((name) => ({
      add: { index, alias: this.#names.aliasName(name), filter: listQuery(name, 'now'), is_write_index: false },
    }))
    const unmarked = marked.filter((each) => each !== index)
    return [
      ...removed,
      ...added,
      ...unmarked.map((each) => ({ remove: { index: each, alias: liveMark } })),
      { add: { index, alias: liveMark, is_write_index: true } },
    ]
  }

  #assertNotMoved({ names }: AliasTargets, to: GenerationId, from: GenerationId | null): void {
    for (const name of INDEX_NAMES) {
      const target = names[name]
      if (target.kind !== 'alias') continue
      const other = target.indexes
        .map((index) => this.#names.generationOf(index))
        .find((generation) => generation !== null && generation !== to && generation !== from)
      if (other !== undefined) {
        throw moved(`${this.#names.aliasName(name)} points at generation ${other}, not ${from ?? 'nothing'}`)
      }
    }
  }
}

function isOn(target: AliasTarget, index: string): boolean {
  return target.kind === 'alias' && target.indexes.length === 1 && target.indexes[0] === index
}

function moved(what: string, cause?: unknown): RevalError {
  return new RevalError('NAMES_MOVED', what, { cause })
}
