import { INDEX_NAMES, type IndexName } from '../../../domain/lists.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { GenerationId, Guard, LiveNames } from '../../../ports/index-store.ts'
import { EngineFault, type Engine, type EngineCall } from '../../opensearch/engine.ts'
import type { SearchSettings } from '../../opensearch/settings.ts'
import { storeFault } from './faults.ts'
import type { GenerationNames } from './generation-names.ts'
import { moves } from './moves.ts'

type Aliases = Readonly<Record<string, { readonly aliases?: Readonly<Record<string, unknown>> }>>

/** What stands under one of the five names. */
export type Holder =
  | { readonly kind: 'nothing' }
  /** An index of that name, as the Java services make it. */
  | { readonly kind: 'index' }
  /** An alias, on these indexes. */
  | { readonly kind: 'alias'; readonly indexes: readonly string[] }

/** What stands under each name, and on which indexes the mark of the live generation is, all read at one moment. */
export interface Holders {
  readonly names: Readonly<Record<IndexName, Holder>>
  readonly marked: readonly string[]
}

/** The engine's word for an alias that would have two write indexes. */
const TWO_WRITE_INDEXES = /more than one write index/

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

  async holders(kind: EngineCall['kind'] = 'small'): Promise<Holders> {
    const { body } = await this.#engine.call<Aliases>({
      method: 'GET',
      path: `/${[...this.#names.allShown.keys(), this.#names.liveMark].join(',')}/_alias`,
      query: { ignore_unavailable: true, allow_no_indices: true },
      kind,
    })
    const having = (alias: string) => Object.keys(body).filter((index) => alias in (body[index]?.aliases ?? {}))
    const holderOf = (name: IndexName): Holder => {
      const shown = this.#names.shown(name)
      if (shown in body) return { kind: 'index' }
      const indexes = having(shown)
      return indexes.length === 0 ? { kind: 'nothing' } : { kind: 'alias', indexes }
    }
    // Every name of the list is set.
    const names = Object.fromEntries(INDEX_NAMES.map((name) => [name, holderOf(name)])) as Record<IndexName, Holder>
    return { names, marked: having(this.#names.liveMark) }
  }

  /**
   * Which generation each name shows; null before the first promotion, and where somebody has since taken a name away
   * or given it to something else: then only another promotion makes them right.
   */
  async live(): Promise<LiveNames | null> {
    const { names } = await this.holders()
    const live: Partial<Record<IndexName, GenerationId>> = {}
    for (const name of INDEX_NAMES) {
      const holder = names[name]
      const [index, ...more] = holder.kind === 'alias' ? holder.indexes : []
      const generation = index === undefined || more.length > 0 ? null : this.#names.generationOf(index)
      if (generation === null) return null
      live[name] = generation
    }
    // Every name has been set.
    return live as LiveNames
  }

  /** Whether any of the names shows this generation. */
  async show(id: GenerationId): Promise<boolean> {
    const index = this.#names.index(id)
    const { names } = await this.holders()
    return Object.values(names).some((holder) => holder.kind === 'alias' && holder.indexes.includes(index))
  }

  /**
   * The call that moves all five names from a generation to another, as the names stand now; null where they show it
   * already. Rejects NAMES_MOVED where one shows a third generation, and STORE_NAME_TAKEN where an index has one of the
   * names and the settings do not let it be removed.
   */
  async planMove(to: GenerationId, from: GenerationId | null): Promise<readonly object[] | null> {
    const holders = await this.holders()
    this.#assertNotMoved(holders, to, from)
    const target = this.#names.index(to)
    if (INDEX_NAMES.every((name) => isOn(holders.names[name], target))) return null
    const taken = INDEX_NAMES.filter((name) => holders.names[name].kind === 'index').map((name) =>
      this.#names.shown(name),
    )
    if (taken.length > 0 && !this.#settings.searchReplaceIndexes) {
      const what = `${taken.join(', ')}: name is taken by an index, but must be an alias`
      throw new RevalError('STORE_NAME_TAKEN', what, { details: { indexes: taken } })
    }
    return moves(this.#names, holders, target)
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

  #assertNotMoved({ names }: Holders, to: GenerationId, from: GenerationId | null): void {
    for (const name of INDEX_NAMES) {
      const holder = names[name]
      if (holder.kind !== 'alias') continue
      const other = holder.indexes
        .map((index) => this.#names.generationOf(index))
        .find((generation) => generation !== null && generation !== to && generation !== from)
      if (other !== undefined) {
        throw moved(`${this.#names.shown(name)} points at generation ${other}, not ${from ?? 'nothing'}`)
      }
    }
  }
}

function isOn(holder: Holder, index: string): boolean {
  return holder.kind === 'alias' && holder.indexes.length === 1 && holder.indexes[0] === index
}

function moved(what: string, cause?: unknown): RevalError {
  return new RevalError('NAMES_MOVED', what, { cause })
}
