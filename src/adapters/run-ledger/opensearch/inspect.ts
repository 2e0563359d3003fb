import { INDEX_NAMES } from '../../../domain/lists.ts'
import { ERROR_CODES } from '../../../errors/codes.ts'
import type { Finding } from '../../../ports/finding.ts'
import { INSTALLATION } from '../../../ports/run-ledger.ts'
import { Engine } from '../../opensearch/engine.ts'
import type { SearchSettings } from '../../opensearch/settings.ts'
import { aliasOf, faultOf, lookAt, PARTS, type FoundIndex, type Part } from './layout.ts'
import { LedgerIndex } from './ledger-index.ts'
import { openingFault } from './opening-fault.ts'
import { RecordIndex } from './record-index.ts'

const LEDGER = 'run ledger'
const LOOK_TIMEOUT_MS = 10_000

/**
 * Looks at the ledger and makes nothing: whether its indexes are there and of a layout that this version knows, how
 * many runs there are, and whether it knows of the generation that the five names show. What cannot be looked at is a
 * finding too; it never rejects.
 */
export async function inspectLedger(settings: SearchSettings): Promise<readonly Finding[]> {
  const engine = new Engine(settings, 'LEDGER_FAILED')
  try {
    const found = await lookAt(engine, settings)
    const indexes = PARTS.map((part) => indexFinding(aliasOf(part, settings), found.get(part), found.size === 0))
    if (indexes.some(({ standing }) => standing === 'bad')) return indexes
    return [...indexes, await recordsFinding(engine, settings, found)]
  } catch (error) {
    const { code, message } = openingFault(error)
    return [{ what: LEDGER, standing: 'bad', found: message, remedy: ERROR_CODES[code] }]
  } finally {
    await engine.close()
  }
}

function indexFinding(alias: string, found: FoundIndex | undefined, isNew: boolean): Finding {
  const what = `index ${alias}`
  if (found === undefined) {
    if (isNew) return { what, standing: 'good', found: 'not there yet; the first process to start makes it' }
    const remedy = 'Restore it from a snapshot. Without it the next process to start makes an empty one.'
    return { what, standing: 'doubtful', found: 'not there, though others of the ledger are', remedy }
  }
  const fault = faultOf(alias, found)
  if (fault === null) return { what, standing: 'good', found: `${found.index}, layout ${found.layout}` }
  const remedy =
    found.layout === null
      ? 'Remove it, or set REVAL_SEARCH_PREFIX to names of your own.'
      : 'Run the version that wrote it, or a later one.'
  return { what, standing: 'bad', found: fault, remedy }
}

async function recordsFinding(
  engine: Engine,
  settings: SearchSettings,
  found: ReadonlyMap<Part, FoundIndex>,
): Promise<Finding> {
  const records = found.has('records')
    ? new RecordIndex(new LedgerIndex(engine, 'records', settings, new AbortController().signal))
    : null
  const live = (await records?.read('installation', INSTALLATION))?.value.live ?? null
  const runs = (await records?.countRuns()) ?? 0
  const shown = live === null ? await generationShown(engine, settings) : null
  if (shown === null) return { what: LEDGER, standing: 'good', found: `${runs} ${runs === 1 ? 'run' : 'runs'}` }
  const knows = records === null ? 'is not there' : 'knows of no live generation'
  return {
    what: LEDGER,
    standing: 'bad',
    found: `the five names show ${shown} and the ledger ${knows}`,
    remedy: ERROR_CODES.LEDGER_GONE,
  }
}

/** The index that all five names are aliases of; null where they are not: then no generation went live here. */
async function generationShown(engine: Engine, settings: SearchSettings): Promise<string | null> {
  const names = INDEX_NAMES.map((name) => `${settings.searchPrefix}${name}`)
  const { body } = await engine.callOnce<Readonly<Record<string, { readonly aliases?: object }>>>({
    method: 'GET',
    path: `/${names.join(',')}`,
    query: { ignore_unavailable: true, filter_path: '*.aliases' },
    repeatable: true,
    timeoutMs: LOOK_TIMEOUT_MS,
  })
  const shown = Object.entries(body).find(([, { aliases = {} }]) => names.every((name) => name in aliases))
  return shown?.[0] ?? null
}
