import { ASSEMBLE_VERSION } from '../../../domain/assemble.ts'
import { inChunks } from '../../../domain/chunks.ts'
import type { Day } from '../../../domain/day.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { Generation, GenerationId, Guard } from '../../../ports/index-store.ts'
import { EngineFault, type Engine } from '../../opensearch/engine.ts'
import type { SearchSettings } from '../../opensearch/settings.ts'
import { NOT_FOUND, storeFault, unallocated, unknownGeneration, writerLost } from './faults.ts'
import { aliasesOfGeneration, generationIn, isFilled, type GenerationIndexes } from './generation-indexes.ts'
import type { GenerationNames } from './generation-names.ts'
import { indexBody, layoutOf, metaOf, type GenerationMeta } from './schema.ts'
import { tablesToDrop, tableActionsOfTerm } from './tables/table-indexes.ts'

/** An engine accepts addresses of 4 KB. */
const NAMES_A_CALL = 8

/** A generation that this version may write to. */
export interface WritableGeneration {
  /** The day of its tables; undefined for views. */
  readonly tableDay: Day | undefined
  readonly isFilled: boolean
}

/**
 * The generations, each an index, and one for each of its tables once they are filled. It has an alias for readers, and one for the writer of its term: the next writer replaces
 * that one, so that the engine refuses what an earlier writer still sends.
 */
export class Generations {
  readonly #engine: Engine
  readonly #names: GenerationNames
  readonly #settings: SearchSettings
  /** The term whose aliases this store writes through; 0 if it never took over. */
  #term = 0
  /** Those that this process writes to: it is their only writer, and changes them by its own calls. */
  readonly #known = new Map<GenerationId, Promise<GenerationIndexes>>()

  /** Those that are known not to be of the Java services: that never changes. */
  readonly #ours = new Set<GenerationId>()

  constructor(engine: Engine, names: GenerationNames, settings: SearchSettings) {
    this.#engine = engine
    this.#names = names
    this.#settings = settings
  }

  async create(generation: Generation, guard?: Guard): Promise<void> {
    const { id } = generation
    const aliases = [this.#names.alias(id), this.#names.writeAlias(id, this.#term)]
    const index = indexBody(generation, { aliases, searchShards: this.#settings.searchShards })
    const made = await this.#engine.createIndex(this.#names.index(id), index, guard).catch((error: unknown) => {
      throw storeFault(error, id)
    })
    if (made === 'exists') throw new RevalError('GENERATION_EXISTS', `generation ${id} already exists`)
    if (made === 'unallocated') throw unallocated(`generation ${id}`)
  }

  /** The term that this store took over last. */
  get term(): number {
    return this.#term
  }

  /**
   * Gives these generations and their tables the write alias of a term in place of any other, and removes tables that an earlier
   * writer had not finished filling, all in one step. Only aliases that were seen are removed: a late call of an earlier writer
   * must not remove that of its successor.
   */
  async takeOver(ids: readonly GenerationId[], term: number, guard?: Guard): Promise<void> {
    const actions = ids.length === 0 ? [] : await this.#takeOverActions(ids, term)
    if (actions.length > 0) await this.#changeAliases(actions, guard)
    this.#term = term
    this.#known.clear()
  }

  async #changeAliases(actions: readonly object[], guard?: Guard): Promise<void> {
    try {
      await this.#engine.changeAliases(actions, guard)
    } catch (error) {
      if (!(error instanceof EngineFault) || error.type !== NOT_FOUND) throw error
      const what = 'an index was removed while its generation was taken over'
      throw new RevalError('STORE_FAILED', what, { cause: error, transient: true })
    }
  }

  async #takeOverActions(ids: readonly GenerationId[], term: number): Promise<readonly object[]> {
    const asked = ids.flatMap((id) => [this.#names.index(id), this.#names.tablePatternOf(id)])
    const found = await this.#engine.indexes(asked)
    return ids.flatMap((id): readonly object[] => {
      const index = this.#names.index(id)
      const description = found[index]
      // Nothing of ours writes to what the Java services built.
      if (description === undefined || metaOf(description.mappings?._meta)?.java) return []
      const own = this.#names.writeAlias(id, term)
      const present = Object.keys(description.aliases ?? {}).filter((alias) => this.#names.isWriteAlias(alias, id))
      const others = present.filter((alias) => alias !== own)
      return [
        ...others.map((alias) => ({ remove: { index, alias } })),
        ...(present.includes(own) ? [] : [{ add: { index, alias: own } }]),
        ...tableActionsOfTerm(this.#names, found, { id, term }),
      ]
    })
  }

  /** All of them, oldest first. */
  async list(): Promise<readonly Generation[]> {
    const metas = [...(await this.metas()).values()]
    return metas
      .map(({ generation: id, createdAt, assembleVersion, layout, tableDay, java }) => ({
        ...{ id, createdAt, assembleVersion },
        ...(layout === layoutOf({ tableDay }) ? {} : { otherLayout: layout }),
        ...(tableDay === undefined ? {} : { tableDay }),
        ...(java === undefined ? {} : { java }),
      }))
      .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
  }

  /** The metadata in the mapping of each index, by the name of the index. */
  async metas(): Promise<ReadonlyMap<string, GenerationMeta>> {
    const metas = new Map<string, GenerationMeta>()
    for (const [index, { mappings }] of Object.entries(await this.#engine.indexes([this.#names.pattern]))) {
      const meta = metaOf(mappings?._meta)
      if (meta !== null && this.#names.partOf(index)?.generation === meta.generation) metas.set(index, meta)
    }
    return metas
  }

  /**
   * Removes the index of a generation and its aliases, if they exist, after its tables: what is left after a crash is a generation.
   * Tables of generations that are gone, which a late request of an earlier writer may have created, go too.
   */
  async drop(id: GenerationId, guard?: Guard): Promise<void> {
    this.#known.delete(id)
    const found = await this.#engine.indexes([this.#names.pattern, this.#names.tablePattern])
    const tables = tablesToDrop(this.#names, found, id)
    for (const indexes of [...inChunks(tables, NAMES_A_CALL), [this.#names.index(id)]]) {
      const [path, query] = [`/${indexes.join(',')}`, { ignore_unavailable: true }]
      await this.#engine.call({ method: 'DELETE', path, query, ignore: [404], kind: 'large', guard })
    }
  }

  /** The indexes of a generation now. Rejects GENERATION_UNKNOWN if it does not exist. */
  async find(id: GenerationId): Promise<GenerationIndexes> {
    const found = generationIn(this.#names, id, await this.#engine.indexes(aliasesOfGeneration(this.#names, id)))
    if (found === null) throw unknownGeneration(id)
    return found
  }

  /** Rejects GENERATION_UNKNOWN if it does not exist. */
  async assertExists(id: GenerationId): Promise<void> {
    await this.find(id)
  }

  /** Rejects WRITER_LOST if the generation is the writer's of another term now, GENERATION_UNKNOWN if it does not exist. */
  async assertWriter(id: GenerationId, term: number): Promise<void> {
    this.#known.delete(id)
    const { masterAliases } = await this.find(id)
    if (!masterAliases.includes(this.#names.writeAlias(id, term))) throw writerLost(id)
  }

  /** The indexes of a generation that the Java services built, as far as they are still there; null for any other. Rejects GENERATION_UNKNOWN. */
  async javaIndexes(id: GenerationId): Promise<GenerationIndexes | null> {
    if (this.#ours.has(id)) return null
    const found = await this.find(id)
    if (found.meta?.java === true) return found
    this.#ours.add(id)
    return null
  }

  /** Whether this version keeps the same keys beside the rows of a generation. Rejects GENERATION_UNKNOWN if it does not exist. */
  async hasKeysOfThisVersion(id: GenerationId): Promise<boolean> {
    const { meta } = await this.find(id)
    return meta !== null && isOfThisVersion(meta)
  }

  /** The indexes of a generation as they were at first, or after the last takeover or filling. Rejects GENERATION_UNKNOWN. */
  async known(id: GenerationId): Promise<GenerationIndexes> {
    const known = this.#known.get(id)
    if (known !== undefined) return known
    const finding = this.find(id)
    this.#known.set(id, finding)
    try {
      return await finding
    } catch (error) {
      if (this.#known.get(id) === finding) this.#known.delete(id)
      throw error
    }
  }

  /**
   * What there is to write to, as known. Rejects GENERATION_VERSION for a generation with other rules or another layout, or that the
   * Java services built; GENERATION_UNKNOWN.
   */
  async writable(id: GenerationId): Promise<WritableGeneration> {
    const found = await this.known(id)
    const { meta } = found
    if (meta === null) throw new RevalError('STORE_FAILED', `the index of generation ${id} has no _meta in its mapping`)
    if (!isOfThisVersion(meta)) throw otherVersion(meta)
    return { tableDay: meta.tableDay, isFilled: isFilled(found) }
  }

  /** For a write that found the generation gone, and once its tables are others. */
  forget(id: GenerationId): void {
    this.#known.delete(id)
  }
}

function isOfThisVersion({ assembleVersion, layout, tableDay, java }: GenerationMeta): boolean {
  return assembleVersion === ASSEMBLE_VERSION && layout === layoutOf({ tableDay }) && !java
}

function otherVersion({ generation, assembleVersion, layout, tableDay, java }: GenerationMeta): RevalError {
  if (java) return new RevalError('GENERATION_VERSION', `generation ${generation} was built by the Java services`)
  const what = `generation ${generation} uses rules version ${assembleVersion} and layout ${layout}`
  return new RevalError(
    'GENERATION_VERSION',
    `${what}; this process uses ${ASSEMBLE_VERSION} and ${layoutOf({ tableDay })}`,
  )
}
