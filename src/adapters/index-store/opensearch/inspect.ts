import { ASSEMBLE_VERSION } from '../../../domain/assemble.ts'
import { INDEX_NAMES } from '../../../domain/lists.ts'
import type { Finding } from '../../../ports/finding.ts'
import { fail, failFor, ok, unchecked, warn } from '../../findings.ts'
import { Engine } from '../../opensearch/engine.ts'
import { reachEngine } from '../../opensearch/reach.ts'
import type { SearchSettings } from '../../opensearch/settings.ts'
import { GenerationNames } from './generation-names.ts'
import { Generations } from './generations.ts'
import { IndexAliases, type AliasTarget } from './index-aliases.ts'
import { inspectAutoCreation, inspectExpensiveQueries, inspectHealth, inspectRoom } from './inspect-engine.ts'
import { layoutOf, type GenerationMeta } from './schema.ts'
import { inspectCopying, inspectTables } from './tables/inspect-tables.ts'

export interface InspectOptions {
  /** Whether this process moves the aliases and makes generations. */
  readonly promotes?: boolean
  /** Whether its runs fill tables. */
  readonly fillsTables?: boolean
}

/**
 * Checks the search engine, the five aliases and the kept generations, and changes nothing. Resolves with its findings,
 * also if the engine cannot be reached; each check is independent of the others.
 */
export async function inspectSearch(
  settings: SearchSettings,
  { promotes = true, fillsTables = false }: InspectOptions = {},
): Promise<readonly Finding[]> {
  const what = `search engine ${settings.searchUrl}`
  const engine = new Engine(settings, 'STORE_FAILED')
  try {
    const { distribution, number } = await reachEngine(engine, settings)
    const reached = ok(what, `${distribution === 'opensearch' ? 'OpenSearch' : 'Elasticsearch'} ${number}`)
    return [reached, ...(await inspectContents(engine, settings, { promotes, fillsTables }))]
  } catch (error) {
    return [failFor(what, error, 'STORE_FAILED')]
  } finally {
    await engine.close()
  }
}

async function inspectContents(
  engine: Engine,
  settings: SearchSettings,
  { promotes, fillsTables }: Required<InspectOptions>,
): Promise<Finding[]> {
  const names = new GenerationNames(settings.searchPrefix)
  const generations = new Generations(engine, names, settings)
  const found = await Promise.all([
    asked('search engine health', () => inspectHealth(engine, settings)),
    asked('search engine settings', async () => [await inspectExpensiveQueries(engine)]),
    promotes ? asked('the five aliases', () => inspectAliases(engine, names)) : [],
    asked('generations', async () => [...(await generations.metas()).values()].map(ofGeneration)),
    promotes ? asked('tables', () => inspectTables(engine, names)) : [],
    fillsTables ? asked('search engine right to copy rows', async () => [await inspectCopying(engine, names)]) : [],
    promotes ? asked('search engine disk space', () => inspectRoom(engine, names)) : [],
  ])
  return found.flat()
}

/** The user may lack the right for one check only. */
async function asked(what: string, ask: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await ask()
  } catch (error) {
    return [unchecked(what, error, 'Check manually, or grant REVAL_SEARCH_USER read access.')]
  }
}

async function inspectAliases(engine: Engine, names: GenerationNames): Promise<Finding[]> {
  const { targets } = await new IndexAliases(engine, names).targets()
  const findings = INDEX_NAMES.map((name) => ofAlias(names, names.aliasName(name), targets[name]))
  const free = INDEX_NAMES.filter((name) => targets[name].kind === 'nothing').map((name) => names.aliasName(name))
  return free.length === 0 ? findings : [...findings, await inspectAutoCreation(engine, free)]
}

function ofAlias(names: GenerationNames, alias: string, target: AliasTarget): Finding {
  const what = `alias ${alias}`
  switch (target.kind) {
    case 'nothing':
      return ok(what, 'not found; created by the first promotion')
    case 'index': {
      const found = 'name is taken by an index, but must be an alias'
      const remedy = 'If the Java services built it: reval adopt --indexes. Else delete it. See docs/migrating.md.'
      return fail(what, found, remedy)
    }
    case 'alias': {
      const [part, ...more] = target.indexes.map((index) => names.partOf(index))
      if (part && more.length === 0) {
        const kind = part.name === 'masterdoctorindex' ? '' : ', as a table'
        return ok(what, `points to generation ${part.generation}${kind}`)
      }
      const remedy = 'The next promotion moves the alias; the indexes themselves stay. See docs/migrating.md.'
      return warn(what, `alias of ${target.indexes.join(', ')}`, remedy)
    }
  }
}

function ofGeneration({ generation, createdAt, layout, assembleVersion, tableDay, java }: GenerationMeta): Finding {
  const what = `generation ${generation}`
  const created = `created ${new Date(createdAt).toISOString()}`
  if (java) return ok(what, `${created}, a copy of the indexes that the Java services built`)
  const lists = tableDay === undefined ? '' : `, tables for ${tableDay}`
  const made = `${created}, layout ${layout}, rules ${assembleVersion}${lists}`
  const ours = layoutOf({ tableDay })
  if (layout === ours && assembleVersion === ASSEMBLE_VERSION) return ok(what, made)
  return fail(
    what,
    `${made}; this version writes layout ${ours}, rules ${ASSEMBLE_VERSION}`,
    'Run the version that created it, or start a new run: reval sync. Live changes cannot be written to it.',
  )
}
