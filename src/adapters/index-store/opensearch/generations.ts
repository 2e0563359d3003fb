import { ASSEMBLE_VERSION } from '../../../domain/assemble.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { Generation, GenerationId, Guard } from '../../../ports/index-store.ts'
import { EngineFault, type Engine } from '../../opensearch/engine.ts'
import type { SearchSettings } from '../../opensearch/settings.ts'
import { storeFault, unknownGeneration } from './faults.ts'
import type { GenerationNames } from './generation-names.ts'
import { GENERATION_LAYOUT, indexBody, metaOf, type GenerationMeta } from './mapping.ts'

type Mappings = Readonly<Record<string, { readonly mappings?: { readonly _meta?: unknown } }>>

const ALREADY_THERE = 'resource_already_exists_exception'
const META_ONLY = { filter_path: '*.mappings._meta' } as const

/** The generations as indexes: made, found, looked at, removed. */
export class Generations {
  readonly #engine: Engine
  readonly #names: GenerationNames
  readonly #settings: SearchSettings
  /** Those that this process has looked at before it wrote them. */
  readonly #checked = new Map<GenerationId, Promise<void>>()

  constructor(engine: Engine, names: GenerationNames, settings: SearchSettings) {
    this.#engine = engine
    this.#names = names
    this.#settings = settings
  }

  async create(generation: Generation, guard?: Guard): Promise<void> {
    const { id } = generation
    const alias = this.#names.alias(id)
    try {
      const { body } = await this.#engine.call<{ readonly shards_acknowledged?: boolean }>({
        method: 'PUT',
        path: `/${this.#names.index(id)}`,
        body: indexBody(generation, { alias, searchShards: this.#settings.searchShards }),
        kind: 'large',
        guard,
      })
      if (body.shards_acknowledged === false) {
        const what = `the engine cannot allocate the shards of generation ${id}: check its disks and allocation settings`
        throw new RevalError('STORE_FAILED', what)
      }
    } catch (error) {
      if (!(error instanceof EngineFault) || error.type !== ALREADY_THERE) throw storeFault(error, id)
      throw new RevalError('GENERATION_EXISTS', `generation ${id} already exists`, { cause: error })
    }
  }

  /** All of them, oldest first. */
  async list(): Promise<readonly Generation[]> {
    const metas = [...(await this.metas()).values()]
    return metas
      .map(({ generation: id, createdAt, assembleVersion }) => ({ id, createdAt, assembleVersion }))
      .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
  }

  /** What the indexes say of themselves, by the name of the index. */
  async metas(): Promise<ReadonlyMap<string, GenerationMeta>> {
    const { body } = await this.#engine.call<Mappings>({
      method: 'GET',
      path: `/${this.#names.pattern}/_mapping`,
      query: { ...META_ONLY, allow_no_indices: true },
      kind: 'small',
    })
    const metas = new Map<string, GenerationMeta>()
    for (const [index, { mappings }] of Object.entries(body)) {
      const meta = metaOf(mappings?._meta)
      if (meta !== null && this.#names.generationOf(index) === meta.generation) metas.set(index, meta)
    }
    return metas
  }

  /** Removes the index and its alias with it; nothing when there is none. */
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

  /** Rejects GENERATION_UNKNOWN where there is none. */
  async assertThere(id: GenerationId): Promise<void> {
    const { status } = await this.#engine.call({
      method: 'HEAD',
      path: `/_alias/${this.#names.alias(id)}`,
      ignore: [404],
      kind: 'small',
    })
    if (status === 404) throw unknownGeneration(id)
  }

  /** Rejects GENERATION_VERSION for a generation that other rules or another layout fill; asked once a process. */
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

  /** After a write was told that the generation is gone. */
  forget(id: GenerationId): void {
    this.#checked.delete(id)
  }

  async #compareVersions(id: GenerationId): Promise<void> {
    const { assembleVersion, layout } = await this.#metaOf(id)
    if (assembleVersion === ASSEMBLE_VERSION && layout === GENERATION_LAYOUT) return
    const what = `generation ${id} uses rules version ${assembleVersion} and layout ${layout}`
    throw new RevalError(
      'GENERATION_VERSION',
      `${what}; this process uses ${ASSEMBLE_VERSION} and ${GENERATION_LAYOUT}`,
    )
  }

  async #metaOf(id: GenerationId): Promise<GenerationMeta> {
    try {
      const { body } = await this.#engine.call<Mappings>({
        method: 'GET',
        path: `/${this.#names.alias(id)}/_mapping`,
        query: META_ONLY,
        kind: 'small',
      })
      const meta = metaOf(Object.values(body)[0]?.mappings?._meta)
      if (meta !== null) return meta
    } catch (error) {
      throw storeFault(error, id)
    }
    throw new RevalError('STORE_FAILED', `the index of generation ${id} has no _meta in its mapping`)
  }
}
