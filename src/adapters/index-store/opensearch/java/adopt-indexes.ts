import { INDEX_NAMES, LIST_NAMES, type IndexName } from '../../../../domain/lists.ts'
import { RevalError } from '../../../../errors/reval-error.ts'
import type { GenerationId, Guard } from '../../../../ports/index-store.ts'
import type { Engine } from '../../../opensearch/engine.ts'
import type { GenerationNames } from '../generation-names.ts'
import type { AliasTarget, IndexAliases } from '../index-aliases.ts'
import type { GenerationMeta } from '../schema.ts'
import type { TableMeta } from '../tables/table-index.ts'
import { copyIndex, whileBlocked } from './copy-index.ts'

/** In the names of the copies of lists, in place of what tells fillings of a table apart. */
const JAVA_FILLING = 'java'
/** Neither rules nor layout are of this program. */
const OF_NO_VERSION = { assembleVersion: 0, layout: 0, foldVersion: null } as const

interface Adopting {
  readonly engine: Engine
  readonly names: GenerationNames
  readonly aliases: IndexAliases
}

interface Listed {
  readonly index: string
  readonly status: string
  readonly health: string
  readonly uuid: string
}

/**
 * Copies the five indexes of the Java services as a generation, and puts aliases in their place in one call, as a promotion does. Until
 * then they refuse writes; if anything fails before, they take them again, and nothing else has changed for anyone.
 */
export async function adoptIndexes(
  { engine, names, aliases }: Adopting,
  { id, createdAt }: { readonly id: GenerationId; readonly createdAt: number },
  guard?: Guard,
): Promise<void> {
  const { targets } = await aliases.targets()
  if (INDEX_NAMES.every((name) => isPartOf(names, targets[name], id))) return
  const before = await adoptable(engine, names, targets)
  const found = names.aliasNames
  await whileBlocked(
    engine,
    found,
    async () => {
      await removeCopies(engine, names, id, guard)
      for (const [name, copy] of copiesOf(names, id)) {
        await describe(engine, names.aliasName(name), metaOf(name, { id, createdAt }), guard)
        await copyIndex(engine, { from: names.aliasName(name), ...copy }, guard)
      }
      // A sync of a Java service deletes its index and creates it again, which no block prevents.
      const after = await listed(engine, found)
      const replaced = before.find(({ uuid }) => after.every((each) => each.uuid !== uuid))
      if (replaced !== undefined) throw nothingToAdopt(`${replaced.index} was created again meanwhile`)
      const plan = await aliases.planMove(id, null, { replacesIndexes: true })
      if (plan !== null) await aliases.move(id, plan.actions, guard)
    },
    guard,
  )
}

/** The physical indexes of a copy, the master index first: what is left after a crash is a generation, and is dropped as one. */
function copiesOf(names: GenerationNames, id: GenerationId) {
  const master = { to: names.index(id), aliases: [names.alias(id)] }
  const tables = LIST_NAMES.map(
    (list) => [list, { to: names.tableIndex(list, id, JAVA_FILLING), aliases: [names.table(list, id)] }] as const,
  )
  return [['masterdoctorindex', master] as const, ...tables]
}

function metaOf(
  name: IndexName,
  { id, createdAt }: { readonly id: GenerationId; readonly createdAt: number },
): GenerationMeta | TableMeta {
  if (name !== 'masterdoctorindex') return { generation: id, list: name }
  return { generation: id, createdAt, ...OF_NO_VERSION, java: true }
}

/** Says in the mapping of an index what its copy will be: so the copy is never without it. */
async function describe(engine: Engine, index: string, meta: object, guard?: Guard): Promise<void> {
  const path = `/${index}/_mapping`
  await engine.call({ method: 'PUT', path, body: { _meta: meta }, kind: 'large', guard })
}

/** Those of an earlier attempt may be older than the indexes are now. */
async function removeCopies(engine: Engine, names: GenerationNames, id: GenerationId, guard?: Guard): Promise<void> {
  for (const [, { to }] of copiesOf(names, id)) {
    await engine.call({ method: 'DELETE', path: `/${to}`, ignore: [404], kind: 'large', guard })
  }
}

/** The five indexes. Throws NOTHING_TO_ADOPT if one is missing, an alias, closed, or not whole. */
async function adoptable(
  engine: Engine,
  names: GenerationNames,
  targets: Readonly<Record<IndexName, AliasTarget>>,
): Promise<readonly Listed[]> {
  const unfit = INDEX_NAMES.flatMap((name) => {
    const target = targets[name]
    if (target.kind === 'index') return []
    const what = target.kind === 'alias' ? `an alias of ${target.indexes.join(', ')}` : 'missing'
    return [`${names.aliasName(name)} is ${what}`]
  })
  if (unfit.length > 0) throw nothingToAdopt(unfit.join('; '))
  const found = await listed(engine, names.aliasNames)
  const closed = found.filter(({ status }) => status !== 'open').map(({ index }) => `${index} is closed`)
  const damaged = found.filter(({ health }) => health === 'red').map(({ index }) => `${index} has lost a shard`)
  if (closed.length + damaged.length > 0) throw nothingToAdopt([...closed, ...damaged].join('; '))
  return found
}

function listed(engine: Engine, indexes: readonly string[]): Promise<readonly Listed[]> {
  const query = { format: 'json', h: 'index,status,health,uuid', expand_wildcards: 'all' }
  return engine.get(`/_cat/indices/${indexes.join(',')}`, query)
}

function isPartOf(names: GenerationNames, target: AliasTarget, id: GenerationId): boolean {
  return target.kind === 'alias' && target.indexes.every((index) => names.partOf(index)?.generation === id)
}

function nothingToAdopt(what: string): RevalError {
  return new RevalError('NOTHING_TO_ADOPT', what)
}
