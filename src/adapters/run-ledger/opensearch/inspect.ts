import { INDEX_NAMES } from '../../../domain/lists.ts'
import { ERROR_CODES, type ErrorCode } from '../../../errors/codes.ts'
import type { Finding } from '../../../ports/finding.ts'
import { INSTALLATION } from '../../../ports/run-ledger.ts'
import { inspectClocks } from '../../opensearch/clock.ts'
import { Engine } from '../../opensearch/engine.ts'
import type { SearchSettings } from '../../opensearch/settings.ts'
import { aliasOf, faultOf, lookAt, PARTS, type FoundIndex, type Part } from './layout.ts'
import { LedgerIndex } from './ledger-index.ts'
import { openingFault } from './opening-fault.ts'
import { RecordIndex } from './record-index.ts'

const LEDGER = 'run ledger'

/**
 * Looks at the ledger and makes nothing: whether its indexes are there and of the layout of this version, how many runs
 * there are, whether it knows of the generation that the five names show, and whether the engine's clock and this
 * machine's, which leases compare, agree. What cannot be looked at is a
 * finding too; it never rejects.
 */
export async function inspectLedger(
  settings: SearchSettings,
  { now = Date.now }: { readonly now?: () => number } = {},
): Promise<readonly Finding[]> {
  const engine = new Engine(settings, 'LEDGER_FAILED')
  try {
    const found = await lookAt(engine, settings)
    const clocks = await inspectClocks(engine, now)
    const indexes = PARTS.map((part) => indexFinding(aliasOf(part, settings), found.get(part), found.size === 0))
    if (indexes.some(({ standing }) => standing === 'bad')) return [clocks, ...indexes]
    return [clocks, ...indexes, await recordsFinding(engine, settings, found)]
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
    if (isNew) return { what, standing: 'good', found: 'not found; created when the first process starts' }
    const remedy = 'Restore it from a snapshot; otherwise the next process to start creates an empty one.'
    return { what, standing: 'doubtful', found: 'not found, although other ledger indexes exist', remedy }
  }
  const fault = faultOf(alias, found)
  if (fault === null) return { what, standing: 'good', found: `${found.index}, layout ${found.layout}` }
  return { what, standing: 'bad', found: fault.reason, remedy: remedyOf(fault.code, found) }
}

function remedyOf(code: ErrorCode, { layout }: FoundIndex): string {
  if (code !== 'LEDGER_FAILED') return ERROR_CODES[code]
  return layout === null
    ? 'Remove it, or set REVAL_SEARCH_PREFIX to a prefix of your own.'
    : 'Run the version that wrote it, or a newer one.'
}

async function recordsFinding(
  engine: Engine,
  settings: SearchSettings,
  found: ReadonlyMap<Part, FoundIndex>,
): Promise<Finding> {
  const records = found.has('records') ? new RecordIndex(new LedgerIndex(engine, 'records', settings)) : null
  const live = (await records?.read('installation', INSTALLATION))?.value.live ?? null
  const runs = (await records?.countRuns()) ?? 0
  const shown = live === null ? await generationShown(engine, settings) : null
  if (shown === null) return { what: LEDGER, standing: 'good', found: `${runs} ${runs === 1 ? 'run' : 'runs'}` }
  const knows = records === null ? 'does not exist' : 'has no live generation'
  return {
    what: LEDGER,
    standing: 'bad',
    found: `the five names point at ${shown}, but the ledger ${knows}`,
    remedy: ERROR_CODES.LEDGER_GONE,
  }
}

/** The index that all five names are aliases of; null where they are not: then no generation went live here. */
async function generationShown(engine: Engine, settings: SearchSettings): Promise<string | null> {
  const names = INDEX_NAMES.map((name) => `${settings.searchPrefix}${name}`)
  const { body } = await engine.call<Readonly<Record<string, { readonly aliases?: object }>>>({
    method: 'GET',
    path: `/${names.join(',')}`,
    query: { ignore_unavailable: true, filter_path: '*.aliases' },
    kind: 'small',
  })
  const shown = Object.entries(body).find(([, { aliases = {} }]) => names.every((name) => name in aliases))
  return shown?.[0] ?? null
}
