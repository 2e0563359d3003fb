import { INDEX_FIELDS, LIST_NAMES, type ListName } from '../../../../domain/lists.ts'
import type { Finding } from '../../../../ports/finding.ts'
import { fail, ok, warn } from '../../../findings.ts'
import { EngineFault, type Engine, type IndexDescription } from '../../../opensearch/engine.ts'
import type { GenerationNames } from '../generation-names.ts'
import { mappingOf, metaOf } from '../schema.ts'
import { tableIndexesIn, type TableIndex } from './table-indexes.ts'

type Mapping = Readonly<Record<string, unknown>>

interface InspectedIndex extends IndexDescription {
  readonly mappings?: { readonly _meta?: unknown; readonly properties?: Readonly<Record<string, Mapping>> }
  readonly settings?: { readonly index?: { readonly blocks?: Readonly<Record<string, unknown>> } }
}
export type InspectedIndexes = Readonly<Record<string, InspectedIndex>>

/** What a reader of a list relies on in the mapping of a field. */
const RELIED_ON = ['type', 'fielddata'] as const

/** The tables of the live generation, and those that no generation has. */
export async function inspectTables(engine: Engine, names: GenerationNames): Promise<readonly Finding[]> {
  const indexes = await engine.get<InspectedIndexes>(`/${names.pattern},${names.tablePattern}`, {
    ignore_unavailable: true,
    allow_no_indices: true,
    filter_path: '*.aliases,*.mappings._meta,*.mappings.properties,*.settings.index.blocks',
  })
  return findingsOfTables(names, indexes)
}

/** `indexes` are all of the generations and of the tables. */
export function findingsOfTables(names: GenerationNames, indexes: InspectedIndexes): readonly Finding[] {
  const tables = tableIndexesIn(names, indexes)
  const generations = new Set<string>()
  const findings: Finding[] = []
  for (const [index, { aliases = {}, mappings }] of Object.entries(indexes)) {
    const part = names.partOf(index)
    if (part?.name !== 'masterdoctorindex') continue
    generations.add(part.generation)
    const meta = metaOf(mappings?._meta)
    const isLive = names.aliasName('masterdoctorindex') in aliases
    if (meta?.tableDay === undefined || meta.java || !isLive) continue
    const own = tables.filter((table) => table.generation === part.generation && table.isFilled)
    const faults = LIST_NAMES.flatMap((list) => faultsOf(names, indexes, own, list))
    const what = `tables of generation ${part.generation}`
    findings.push(...(faults.length === 0 ? [ok(what, `as required, for ${meta.tableDay}`)] : faults))
  }
  const orphans = tables.filter(({ generation, isLive }) => !generations.has(generation) && !isLive)
  if (orphans.length === 0) return findings
  const found = `no generation has ${orphans.map(({ index }) => index).join(', ')}`
  return [...findings, warn('tables left over', found, 'No action needed: the next sync removes them.')]
}

/** What is wrong with a table that users read. */
function faultsOf(
  names: GenerationNames,
  indexes: InspectedIndexes,
  tables: readonly TableIndex[],
  list: ListName,
): readonly Finding[] {
  const alias = names.aliasName(list)
  const what = `table ${alias}`
  const table = tables.find((each) => each.list === list)
  if (table === undefined) {
    return [fail(what, 'the table is missing: its list cannot be read', 'Build it again: reval verify --repair.')]
  }
  const { mappings, settings } = indexes[table.index] ?? {}
  return [
    ...ofAlias(what, alias, table),
    ...ofMapping(what, list, table, mappings?.properties ?? {}),
    ...ofBlocks(what, table, settings?.index?.blocks ?? {}),
  ]
}

function ofAlias(what: string, alias: string, { index, isLive }: TableIndex): readonly Finding[] {
  if (isLive) return []
  const found = `${alias} does not point to ${index}: another program moved it`
  return [fail(what, found, 'Build the lists again, which moves the alias back: reval sync.')]
}

function ofMapping(
  what: string,
  list: ListName,
  { index }: TableIndex,
  properties: Readonly<Record<string, Mapping>>,
): readonly Finding[] {
  const wrong = INDEX_FIELDS[list].filter((field) => {
    const wanted: Mapping = { ...mappingOf(field) }
    return RELIED_ON.some((key) => properties[field]?.[key] !== wanted[key])
  })
  if (wrong.length === 0) return []
  const found = `another program changed the mapping of ${wrong.join(', ')} in ${index}`
  return [fail(what, found, 'Build the lists again: reval sync. See docs/operations.md.')]
}

function ofBlocks(what: string, { index }: TableIndex, blocks: Readonly<Record<string, unknown>>): readonly Finding[] {
  const set = Object.keys(blocks).filter((block) => String(blocks[block]) === 'true')
  if (set.length === 0) return []
  const found = `${index} refuses requests: ${set.map((block) => `index.blocks.${block}`).join(', ')}`
  const remedy = set.includes('read_only_allow_delete')
    ? 'Free disk space: the engine set it. If it stays set, set it to null.'
    : `Set it to null in PUT /${index}/_settings: changes cannot be written.`
  return [fail(what, found, remedy)]
}

/** Whether the user may copy rows from the master index to tables: by a copy without rows, which creates nothing. */
export async function inspectCopying(engine: Engine, names: GenerationNames): Promise<Finding> {
  const what = 'search engine right to copy rows'
  const source = { index: names.pattern, query: { match_none: {} } }
  // No index can be created with a capital letter.
  const dest = { index: names.fillingAlias(`${names.tablePattern.slice(0, -1)}check`) }
  try {
    await engine.call({ method: 'POST', path: '/_reindex', body: { source, dest }, ignore: [404], kind: 'small' })
    return ok(what, 'REVAL_SEARCH_USER may call _reindex')
  } catch (error) {
    if (!(error instanceof EngineFault) || error.status !== 403) throw error
    const remedy =
      'Grant indices:data/write/reindex on the cluster, and read and write on the indexes. See docs/operations.md.'
    return fail(what, `refused: ${error.message}`, remedy)
  }
}
