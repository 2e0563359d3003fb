import { byIndex, INDEX_NAMES, type IndexName } from '../../../domain/lists.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { GenerationId, Guard, LiveAliases } from '../../../ports/index-store.ts'
import { EngineFault, type Engine, type EngineCall, type IndexDescription } from '../../opensearch/engine.ts'
import { storeFault, unknownGeneration } from './faults.ts'
import { aliasesOfGeneration, generationIn, indexBehind, type GenerationIndexes } from './generation-indexes.ts'
import type { GenerationNames } from './generation-names.ts'
import { listQuery } from './list-queries.ts'

/** What the name of one of the five aliases is in the engine. */
export type AliasTarget =
  | { readonly kind: 'nothing' }
  /** An index of that name, as the Java services create it. */
  | { readonly kind: 'index' }
  /** An alias of these indexes. */
  | { readonly kind: 'alias'; readonly indexes: readonly string[] }

/** What each alias points to, and which indexes have the mark of the live generation, read in one request. */
interface AliasTargets {
  readonly targets: Readonly<Record<IndexName, AliasTarget>>
  readonly marked: readonly string[]
}

/** Where five aliases go in one call: what the engine does. */
interface AliasPlan {
  /** The generation that they will point to. */
  readonly generation: GenerationIndexes
  readonly actions: readonly object[]
}

interface CountAnswer {
  readonly count: number
  readonly _shards: { readonly total: number }
}

/** The engine's word for an alias that would have two write indexes. */
const TWO_WRITE_INDEXES = /more than one write index/

/** The five aliases that users read: on the master index of one generation, and on its tables or filtered. */
export class IndexAliases {
  readonly #engine: Engine
  readonly #names: GenerationNames

  constructor(engine: Engine, names: GenerationNames) {
    this.#engine = engine
    this.#names = names
  }

  async targets(kind: EngineCall['kind'] = 'small'): Promise<AliasTargets> {
    return this.#targetsIn(await this.#engine.indexes(this.#asked, kind))
  }

  /**
   * The generation that each alias points to; null before the first promotion, and if an alias was since removed or given
   * to something else: only another promotion corrects that.
   */
  async live(): Promise<LiveAliases | null> {
    const { targets } = await this.targets()
    const live: Partial<Record<IndexName, GenerationId>> = {}
    for (const name of INDEX_NAMES) {
      const target = targets[name]
      const [index, ...more] = target.kind === 'alias' ? target.indexes : []
      const part = index === undefined || more.length > 0 ? null : this.#names.partOf(index)
      // A list may be a view of the master index. The table of another list is as wrong as a foreign index.
      if (part === null || (part.name !== name && part.name !== 'masterdoctorindex')) return null
      live[name] = part.generation
    }
    // Every name has been set.
    return live as LiveAliases
  }

  /** Whether any of the aliases points to this generation. */
  async isInUse(id: GenerationId): Promise<boolean> {
    const isItsOwn = (index: string) => this.#names.partOf(index)?.generation === id
    const { targets } = await this.targets()
    return Object.values(targets).some((target) => target.kind === 'alias' && target.indexes.some(isItsOwn))
  }

  /** Rows of each name that is an index, or an alias of indexes, not made by this store; null if there is none. */
  async foreignCounts(): Promise<Readonly<Partial<Record<IndexName, number>>> | null> {
    const { targets } = await this.targets()
    const counts: Partial<Record<IndexName, number>> = {}
    for (const name of INDEX_NAMES) {
      const target = targets[name]
      const parts = target.kind === 'alias' ? target.indexes.map((index) => this.#names.partOf(index)) : []
      if (target.kind === 'nothing' || parts.some((part) => part !== null)) continue
      // An index that is closed or was removed meanwhile has nothing to compare with.
      const query = { ignore_unavailable: true }
      const answer = await this.#engine.get<CountAnswer>(`/${this.#names.aliasName(name)}/_count`, query)
      if (answer._shards.total > 0) counts[name] = answer.count
    }
    return Object.keys(counts).length === 0 ? null : counts
  }

  /**
   * The actions that move all five aliases from one generation to another, given where they are now; null if they are
   * there already. Rejects ALIASES_MOVED if one points to a third generation, ALIAS_NAME_TAKEN if an index has the name
   * of an alias and is not to be replaced, GENERATION_UNKNOWN, and GENERATION_UNREADABLE if a table is missing.
   */
  async planMove(
    to: GenerationId,
    from: GenerationId | null,
    { replacesIndexes = false }: { readonly replacesIndexes?: boolean } = {},
  ): Promise<AliasPlan | null> {
    const indexes = await this.#engine.indexes([...this.#asked, ...aliasesOfGeneration(this.#names, to)])
    const found = this.#targetsIn(indexes)
    const { targets } = found
    this.#assertNotMoved(found, to, from)
    const generation = generationIn(this.#names, to, indexes)
    if (generation === null) throw unknownGeneration(to)
    const wanted = byIndex((name) => wantedIndex(generation, name))
    if (INDEX_NAMES.every((name) => isOn(targets[name], wanted[name]))) return null
    const taken = INDEX_NAMES.filter((name) => targets[name].kind === 'index').map((name) =>
      this.#names.aliasName(name),
    )
    if (taken.length > 0 && !replacesIndexes) {
      const what = `${taken.join(', ')}: name is taken by an index, but must be an alias`
      throw new RevalError('ALIAS_NAME_TAKEN', what, { details: { indexes: taken } })
    }
    return { generation, actions: this.#moves(found, wanted, additionsFor(this.#names, generation, wanted)) }
  }

  /** Carries out a plan. Rejects ALIASES_MOVED, with nothing changed, if another promotion came in between. */
  async move(to: GenerationId, actions: readonly object[], guard?: Guard): Promise<void> {
    try {
      await this.#engine.changeAliases(actions, guard)
    } catch (error) {
      if (error instanceof EngineFault && TWO_WRITE_INDEXES.test(error.message)) {
        throw moved('another promotion moved the aliases at the same time', error)
      }
      throw storeFault(error, to)
    }
  }

  /**
   * The actions of the single call that points each of the five aliases to an index, and to nothing else.
   *
   * The mark makes it a compare-and-set: an alias whose write index is that of the live generation. It is removed from
   * where it was when the aliases were read. If another call has moved it since, the removal does nothing, the addition
   * would leave it with two write indexes, and the engine rejects the whole call. That also holds if there is no mark yet,
   * and in every version of the engines; `must_exist` exists only in OpenSearch from 2.12 on, and does not help if an alias
   * did not exist.
   */
  #moves(
    { targets, marked }: AliasTargets,
    wanted: Readonly<Record<IndexName, string>>,
    added: readonly object[],
  ): object[] {
    const { liveMark } = this.#names
    const removed = INDEX_NAMES.flatMap((name): object[] => {
      const target = targets[name]
      const alias = this.#names.aliasName(name)
      if (target.kind === 'index') return [{ remove_index: { index: alias } }]
      const others = target.kind === 'alias' ? target.indexes.filter((each) => each !== wanted[name]) : []
      return others.map((each) => ({ remove: { index: each, alias } }))
    })
    const unmarked = marked.filter((each) => each !== wanted.masterdoctorindex)
    return [
      ...removed,
      ...added,
      ...unmarked.map((each) => ({ remove: { index: each, alias: liveMark } })),
      { add: { index: wanted.masterdoctorindex, alias: liveMark, is_write_index: true } },
    ]
  }

  /** What `#targetsIn` needs the engine to tell. */
  get #asked(): readonly string[] {
    return [...this.#names.aliasNames, this.#names.liveMark]
  }

  #targetsIn(indexes: Readonly<Record<string, IndexDescription>>): AliasTargets {
    const having = (alias: string) => Object.keys(indexes).filter((index) => alias in (indexes[index]?.aliases ?? {}))
    const targets = byIndex((name): AliasTarget => {
      const alias = this.#names.aliasName(name)
      if (alias in indexes) return { kind: 'index' }
      const aliased = having(alias)
      return aliased.length === 0 ? { kind: 'nothing' } : { kind: 'alias', indexes: aliased }
    })
    return { targets, marked: having(this.#names.liveMark) }
  }

  #assertNotMoved({ targets }: AliasTargets, to: GenerationId, from: GenerationId | null): void {
    for (const name of INDEX_NAMES) {
      const target = targets[name]
      if (target.kind !== 'alias') continue
      const other = target.indexes
        .map((index) => this.#names.partOf(index)?.generation)
        .find((generation) => generation !== undefined && generation !== to && generation !== from)
      if (other !== undefined) {
        throw moved(`${this.#names.aliasName(name)} points to generation ${other}, not ${from ?? 'nothing'}`)
      }
    }
  }
}

/**
 * The actions that give the five aliases to a generation. Tables are written to by Java services; everything else is read-only:
 * a write through it would bypass the writer of the generation. The copy of Java's indexes has no such writer.
 */
export function additionsFor(
  names: GenerationNames,
  generation: GenerationIndexes,
  wanted: Readonly<Record<IndexName, string>>,
): readonly object[] {
  return INDEX_NAMES.map((name) => {
    const isTable = generation.meta?.java === true || wanted[name] !== generation.master
    const kind = isTable ? { is_write_index: true } : { filter: listQuery(name, 'now'), is_write_index: false }
    return { add: { index: wanted[name], alias: names.aliasName(name), ...kind } }
  })
}

/** The index that an alias has to point to. Throws GENERATION_UNREADABLE if it is a table that does not exist. */
function wantedIndex(generation: GenerationIndexes, name: IndexName): string {
  const index = indexBehind(generation, name)
  if (index !== undefined) return index
  const why = Object.keys(generation.tables).length === 0 ? 'its tables are not filled' : `its table ${name} is missing`
  throw new RevalError('GENERATION_UNREADABLE', `generation ${generation.id}: ${why}`)
}

function isOn(target: AliasTarget, index: string): boolean {
  return target.kind === 'alias' && target.indexes.length === 1 && target.indexes[0] === index
}

function moved(what: string, cause?: unknown): RevalError {
  return new RevalError('ALIASES_MOVED', what, { cause })
}
