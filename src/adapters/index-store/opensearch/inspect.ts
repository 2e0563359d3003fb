import { INDEX_NAMES } from '../../../domain/lists.ts'
import type { RevalError } from '../../../errors/reval-error.ts'
import { asRevalError } from '../../../errors/reval-error.ts'
import type { Finding } from '../../../ports/finding.ts'
import { Engine } from '../../opensearch/engine.ts'
import { reachEngine, type EngineVersion } from '../../opensearch/reach.ts'
import type { SearchSettings } from '../../opensearch/settings.ts'
import { FiveNames, type Holder } from './five-names.ts'
import { GenerationNames } from './generation-names.ts'
import { Generations } from './generations.ts'
import { inspectHealth, inspectRoom } from './inspect-engine.ts'
import { findingOfAutoCreation } from './inspect-auto-creation.ts'
import { GENERATION_LAYOUT, type GenerationMeta } from './mapping.ts'
import { ASSEMBLE_VERSION } from '../../../domain/assemble.ts'

/**
 * Looks at the search engine, the five names and the generations that are kept, and changes nothing. Resolves with what
 * it found, also where the engine cannot be reached; what one question finds does not depend on the others.
 */
export async function inspectSearch(
  settings: SearchSettings,
  { promotes = true }: { readonly promotes?: boolean } = {},
): Promise<readonly Finding[]> {
  const engine = new Engine(settings, 'STORE_FAILED')
  try {
    const version = await reachEngine(engine, settings)
    return [reached(settings, version), ...(await inspectContents(engine, settings, promotes))]
  } catch (error) {
    const { message, remedy } = asRevalError(error, 'STORE_FAILED')
    return [{ what: whatIsReached(settings), standing: 'bad', found: message, remedy }]
  } finally {
    await engine.close()
  }
}

const whatIsReached = ({ searchUrl }: SearchSettings): string => `search engine ${searchUrl}`

function reached(settings: SearchSettings, { distribution, number }: EngineVersion): Finding {
  const name = distribution === 'opensearch' ? 'OpenSearch' : 'Elasticsearch'
  return { what: whatIsReached(settings), standing: 'good', found: `${name} ${number}` }
}

async function inspectContents(engine: Engine, settings: SearchSettings, promotes: boolean): Promise<Finding[]> {
  const names = new GenerationNames(settings.searchPrefix)
  const generations = new Generations(engine, names, settings)
  const found = await Promise.all([
    asked('search engine health', () => inspectHealth(engine, settings)),
    promotes ? asked('the five names', () => inspectNames(engine, names, settings)) : [],
    asked('generations', async () => [...(await generations.metas()).values()].map(findingOfGeneration)),
    promotes ? asked('search engine disk space', () => inspectRoom(engine, names.pattern)) : [],
  ])
  return found.flat()
}

/** What was found, or that it could not be: rights to ask may be missing, which says nothing about the rest. */
async function asked(what: string, ask: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await ask()
  } catch (error) {
    const fault: RevalError = asRevalError(error, 'STORE_FAILED')
    const remedy = 'Check manually, or grant REVAL_SEARCH_USER read access.'
    return [{ what, standing: 'doubtful', found: `could not be checked: ${fault.message}`, remedy }]
  }
}

async function inspectNames(engine: Engine, names: GenerationNames, settings: SearchSettings): Promise<Finding[]> {
  const { names: holders } = await new FiveNames(engine, names, settings).holders()
  const findings = INDEX_NAMES.map((name) => findingOfName(names, names.shown(name), holders[name], settings))
  const free = INDEX_NAMES.filter((name) => holders[name].kind === 'nothing').map((name) => names.shown(name))
  return free.length === 0 ? findings : [...findings, await findingOfAutoCreation(engine, free)]
}

function findingOfName(names: GenerationNames, shown: string, holder: Holder, settings: SearchSettings): Finding {
  const what = `name ${shown}`
  switch (holder.kind) {
    case 'nothing':
      return { what, standing: 'good', found: 'free; created by the first promotion' }
    case 'index': {
      const found = 'name is taken by an index, but must be an alias'
      if (settings.searchReplaceIndexes) {
        const remedy = 'No action if intended (REVAL_SEARCH_REPLACE_INDEXES=yes). See docs/migrating.md.'
        return { what, standing: 'doubtful', found: `${found}; the next promotion deletes it`, remedy }
      }
      const remedy = 'Remove the index, or set REVAL_SEARCH_REPLACE_INDEXES=yes. Read docs/migrating.md first.'
      return { what, standing: 'bad', found, remedy }
    }
    case 'alias': {
      const generations = holder.indexes.map((index) => names.generationOf(index))
      const [generation] = generations
      if (generations.length === 1 && generation !== null) {
        return { what, standing: 'good', found: `points at generation ${generation}` }
      }
      const found = `alias of ${holder.indexes.join(', ')}`
      const remedy = 'The next promotion moves the alias; the indexes themselves stay. See docs/migrating.md.'
      return { what, standing: 'doubtful', found, remedy }
    }
  }
}

function findingOfGeneration({ generation, createdAt, layout, assembleVersion }: GenerationMeta): Finding {
  const what = `generation ${generation}`
  const made = `created ${new Date(createdAt).toISOString()}, layout ${layout}, rules ${assembleVersion}`
  if (layout === GENERATION_LAYOUT && assembleVersion === ASSEMBLE_VERSION)
    return { what, standing: 'good', found: made }
  const found = `${made}; this version writes layout ${GENERATION_LAYOUT}, rules ${ASSEMBLE_VERSION}`
  const remedy =
    'Run the version that created it, or start a new run: reval sync. Live changes cannot be written to it.'
  return { what, standing: 'bad', found, remedy }
}
