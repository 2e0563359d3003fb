import { INDEX_NAMES, type IndexName } from '../../../../domain/lists.ts'
import { RevalError } from '../../../../errors/reval-error.ts'
import type { Guard } from '../../../../ports/index-store.ts'
import { EngineFault, type Engine } from '../../../opensearch/engine.ts'
import { indexBehind, type GenerationIndexes } from '../generation-indexes.ts'
import type { GenerationNames } from '../generation-names.ts'
import type { IndexAliases } from '../index-aliases.ts'
import { allowWrites, copiedFrom, copyIndex, whileBlocked } from './copy-index.ts'

interface Releasing {
  readonly engine: Engine
  readonly names: GenerationNames
  readonly aliases: IndexAliases
}

/**
 * Replaces the five aliases with copies of the indexes of a generation that the Java services built, one after the other: an alias is
 * removed, and an index of its name made, which takes a fraction of a second.
 */
export async function releaseIndexes(
  { engine, names, aliases }: Releasing,
  generation: GenerationIndexes,
  guard?: Guard,
): Promise<void> {
  if (generation.meta?.java !== true) {
    throw new RevalError('NOTHING_TO_RELEASE', `generation ${generation.id} was not built by the Java services`)
  }
  const sources = INDEX_NAMES.map((name) => [name, sourceOf(generation, name)] as const)
  const { targets, marked } = await aliases.targets()
  const remaining: (readonly [IndexName, string])[] = []
  for (const [name, source] of sources) {
    const target = targets[name]
    if (target.kind === 'alias') refuseForeign(names, name, target.indexes)
    if (target.kind === 'index') await refuseForeignIndex(engine, names.aliasName(name), source)
    else remaining.push([name, source])
  }
  if (remaining.length === 0) return
  const blocked = sources.map(([, source]) => source)
  await whileBlocked(
    engine,
    blocked,
    async () => {
      for (const [name, source] of remaining) {
        const target = targets[name]
        await removeAliases(engine, target.kind === 'alias' ? target.indexes : [], names.aliasName(name), guard)
        await replace(engine, names.aliasName(name), source, guard).catch(async (error: unknown) => {
          await putBack(engine, names.aliasName(name), source, error)
          throw error
        })
      }
      await removeAliases(engine, marked, names.liveMark, guard)
    },
    guard,
  )
  // Until it is dropped, it can be read and compared as before.
  await allowWrites(engine, blocked, guard)
}

async function replace(engine: Engine, index: string, source: string, guard?: Guard): Promise<void> {
  try {
    await copyIndex(engine, { from: source, to: index, aliases: [] }, guard)
  } catch (error) {
    if (!(error instanceof EngineFault) || error.type !== 'resource_already_exists_exception') throw error
    throw createdMeanwhile(index, error)
  }
  // It is an index of the Java services again, and no generation's.
  await engine.call({ method: 'PUT', path: `/${index}/_mapping`, body: { _meta: {} }, kind: 'large', guard })
}

/** Gives readers back what they had where no whole index could be made: there may be no room for its shards. */
async function putBack(engine: Engine, alias: string, source: string, error: unknown): Promise<void> {
  try {
    const isNotWhole = error instanceof RevalError && !(error instanceof EngineFault) && error.code === 'STORE_FAILED'
    if (isNotWhole && (await copiedFrom(engine, alias)) === source) {
      await engine.call({ method: 'DELETE', path: `/${alias}`, kind: 'large' })
    }
    await engine.changeAliases([{ add: { index: source, alias, is_write_index: true } }])
  } catch (cause) {
    // An index has the name: repeating the release goes on from there. The error itself must not be hidden.
    if (!(cause instanceof EngineFault)) throw cause
  }
}

async function removeAliases(engine: Engine, indexes: readonly string[], alias: string, guard?: Guard): Promise<void> {
  if (indexes.length === 0) return
  await engine.changeAliases(
    indexes.map((index) => ({ remove: { index, alias } })),
    guard,
  )
}

function sourceOf(generation: GenerationIndexes, name: IndexName): string {
  const index = indexBehind(generation, name)
  if (index !== undefined) return index
  throw new RevalError('GENERATION_UNREADABLE', `generation ${generation.id}: its copy of ${name} is missing`)
}

/** Throws ALIASES_MOVED for an alias of an index that is not a generation's. */
function refuseForeign(names: GenerationNames, name: IndexName, indexes: readonly string[]): void {
  const foreign = indexes.find((index) => names.partOf(index) === null)
  if (foreign === undefined) return
  throw new RevalError(
    'ALIASES_MOVED',
    `${names.aliasName(name)} is an alias of ${foreign}, which is not a generation's`,
  )
}

/** One that this call made before a crash is done. Rejects ALIAS_NAME_TAKEN for any other. */
async function refuseForeignIndex(engine: Engine, index: string, source: string): Promise<void> {
  if ((await copiedFrom(engine, index)) !== source) throw createdMeanwhile(index)
}

function createdMeanwhile(index: string, cause?: unknown): RevalError {
  const what = `${index} is an index that another program created: stop the Java services, delete it, and repeat`
  return new RevalError('ALIAS_NAME_TAKEN', what, { cause, details: { indexes: [index] } })
}
