import { ASSEMBLE_VERSION } from '../../../domain/assemble.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { Generation, GenerationId, Guard } from '../../../ports/index-store.ts'
import type { Engine } from '../../opensearch/engine.ts'
import type { SearchSettings } from '../../opensearch/settings.ts'
import { storeFault, unknownGeneration } from './faults.ts'
import type { GenerationNames } from './generation-names.ts'
import { GENERATION_LAYOUT, indexBody, metaOf, type GenerationMeta } from './schema.ts'

/**
 * The generations, each an index. It has an alias for readers, and one for the writer of its term: the next writer replaces
 * that one, so that the engine refuses what an earlier writer still sends.
 */
export class Generations {
  readonly #engine: Engine
  readonly #names: GenerationNames
  readonly #settings: SearchSettings
  /** The term whose aliases this store writes through; 0 if it never took over. */
  #term = 0
  /** Those whose versions this process has checked. */
  readonly #checked = new Map<GenerationId, Promise<void>>()

  constructor(engine: Engine, names: GenerationNames, settings: SearchSettings) {
    this.#engine = engine
    this.#names = names
    this.#settings = settings
  }

  async create(generation: Generation, guard?: Guard): Promise<void> {
    const { id } = generation
    const aliases = [this.#names.alias(id), this.writeAlias(id)]
    const index = indexBody(generation, { aliases, searchShards: this.#settings.searchShards })
    const made = await this.#engine.createIndex(this.#names.index(id), index, guard).catch((error: unknown) => {
      throw storeFault(error, id)
    })
    if (made === 'exists') throw new RevalError('GENERATION_EXISTS', `generation ${id} already exists`)
    if (made === 'unallocated') {
      const what = `the engine cannot allocate the shards of generation ${id}: check its disks and allocation settings`
      throw new RevalError('STORE_FAILED', what)
    }
  }

  /** The alias that this store writes through. */
  writeAlias(id: GenerationId): string {
    return this.#names.writeAlias(id, this.#term)
  }

  /**
   * Gives these generations the write alias of a term in place of any other, all in one step. Only aliases that were seen
   * are removed: a late call of an earlier writer must not remove that of its successor.
   */
  async takeOver(ids: readonly GenerationId[], term: number, guard?: Guard): Promise<void> {
    const actions = ids.length === 0 ? [] : await this.#takeOverActions(ids, term)
    if (actions.length > 0) {
      await this.#engine.call({ method: 'POST', path: '/_aliases', body: { actions }, kind: 'large', guard })
    }
    this.#term = term
  }

  async #takeOverActions(ids: readonly GenerationId[], term: number): Promise<readonly object[]> {
    const found = await this.#engine.indexes(ids.map((id) => this.#names.index(id)))
    return ids.flatMap((id): object[] => {
      const index = this.#names.index(id)
      const description = found[index]
      if (description === undefined) return []
      const own = this.#names.writeAlias(id, term)
      const present = Object.keys(description.aliases ?? {}).filter((alias) => this.#names.isWriteAlias(alias, id))
      const others = present.filter((alias) => alias !== own)
      return [
        ...others.map((alias) => ({ remove: { index, alias } })),
        ...(present.includes(own) ? [] : [{ add: { index, alias: own } }]),
      ]
    })
  }

  /** All of them, oldest first. */
  async list(): Promise<readonly Generation[]> {
    const metas = [...(await this.metas()).values()]
    return metas
      .map(({ generation: id, createdAt, assembleVersion, layout }) => ({
        ...{ id, createdAt, assembleVersion },
        ...(layout === GENERATION_LAYOUT ? {} : { otherLayout: layout }),
      }))
      .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
  }

  /** The metadata in the mapping of each index, by the name of the index. */
  async metas(): Promise<ReadonlyMap<string, GenerationMeta>> {
    const metas = new Map<string, GenerationMeta>()
    for (const [index, { mappings }] of Object.entries(await this.#engine.indexes([this.#names.pattern]))) {
      const meta = metaOf(mappings?._meta)
      if (meta !== null && this.#names.generationOf(index) === meta.generation) metas.set(index, meta)
    }
    return metas
  }

  /** Removes the index and its aliases, if they exist. */
  async drop(id: GenerationId, guard?: Guard): Promise<void> {
    this.#checked.delete(id)
    await this.#engine.call({
      method: 'DELETE',
      path: `/${this.#names.index(id)}`,
      ignore: [404],
      kind: 'large',
      guard,
    })
  }

  /** Rejects GENERATION_UNKNOWN if it does not exist. */
  async assertExists(id: GenerationId): Promise<void> {
    const indexes = await this.#engine.indexes([this.#names.alias(id)])
    if (Object.keys(indexes).length === 0) throw unknownGeneration(id)
  }

  /** Whether this version keeps the same keys beside the rows of a generation. Rejects GENERATION_UNKNOWN if it does not exist. */
  async hasKeysOfThisVersion(id: GenerationId): Promise<boolean> {
    const meta = await this.#metaOf(id)
    return meta !== null && isOfThisVersion(meta)
  }

  /** Rejects GENERATION_VERSION for a generation with other rules or another layout; checked once per process. */
  async assertWritable(id: GenerationId): Promise<void> {
    const known = this.#checked.get(id)
    if (known !== undefined) return known
    const checking = this.#compareVersions(id)
    this.#checked.set(id, checking)
    try {
      await checking
    } catch (error) {
      this.#checked.delete(id)
      throw error
    }
  }

  /** For a write that found the generation gone. */
  forget(id: GenerationId): void {
    this.#checked.delete(id)
  }

  async #compareVersions(id: GenerationId): Promise<void> {
    const meta = await this.#metaOf(id)
    if (meta === null) throw new RevalError('STORE_FAILED', `the index of generation ${id} has no _meta in its mapping`)
    if (isOfThisVersion(meta)) return
    const { assembleVersion, layout } = meta
    const what = `generation ${id} uses rules version ${assembleVersion} and layout ${layout}`
    const ours = `this process uses ${ASSEMBLE_VERSION} and ${GENERATION_LAYOUT}`
    throw new RevalError('GENERATION_VERSION', `${what}; ${ours}`)
  }

  async #metaOf(id: GenerationId): Promise<GenerationMeta | null> {
    const [index] = Object.values(await this.#engine.indexes([this.#names.alias(id)]))
    if (index === undefined) throw unknownGeneration(id)
    return metaOf(index.mappings?._meta)
  }
}

function isOfThisVersion({ assembleVersion, layout }: GenerationMeta): boolean {
  return assembleVersion === ASSEMBLE_VERSION && layout === GENERATION_LAYOUT
}
