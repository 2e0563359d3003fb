import { INDEX_NAMES } from '../../../domain/lists.ts'
import { ERROR_CODES, type ErrorCode } from '../../../errors/codes.ts'
import type { Finding } from '../../../ports/finding.ts'
import { INSTALLATION } from '../../../ports/run-ledger.ts'
import { fail, failFor, ok, warn } from '../../findings.ts'
import { inspectClocks } from '../../opensearch/clock.ts'
import { Engine } from '../../opensearch/engine.ts'
import { accessFault } from '../../opensearch/reach.ts'
import type { SearchSettings } from '../../opensearch/settings.ts'
import { LedgerIndex } from './ledger-index.ts'
import { ledgerIn } from './open.ts'
import { aliasOf, faultOf, findIndexes, LEDGER_INDEXES, type FoundIndex } from './schema.ts'

const LEDGER = 'run ledger'

/**
 * Checks the ledger and creates nothing: its indexes and their layout, the number of runs, whether it knows the generation
 * that the five aliases point to, and whether the engine's clock agrees with this machine's, since leases compare them.
 * Never rejects: a check that could not be made is a finding too.
 */
export async function inspectLedger(
  settings: SearchSettings,
  { now = Date.now }: { readonly now?: () => number } = {},
): Promise<readonly Finding[]> {
  const engine = new Engine(settings, 'LEDGER_FAILED')
  try {
    const found = await findIndexes(engine, settings)
    const clocks = await inspectClocks(engine, now)
    const indexes = LEDGER_INDEXES.map((name) => ofIndex(aliasOf(name, settings), found.get(name), found.size === 0))
    if (indexes.some(({ status }) => status === 'fail')) return [clocks, ...indexes]
    return [clocks, ...indexes, await ofRecords(engine, settings, found.has('records'))]
  } catch (error) {
    return [failFor(LEDGER, accessFault(error, settings), 'LEDGER_FAILED')]
  } finally {
    await engine.close()
  }
}

function ofIndex(alias: string, found: FoundIndex | undefined, isNew: boolean): Finding {
  const what = `index ${alias}`
  if (found === undefined) {
    if (isNew) return ok(what, 'not found; created when the first process starts')
    const remedy = 'Restore it from a snapshot; otherwise the next process to start creates an empty one.'
    return warn(what, 'not found, although other ledger indexes exist', remedy)
  }
  const fault = faultOf(alias, found)
  if (fault === null) return ok(what, `${found.index}, layout ${found.layout}`)
  return fail(what, fault.reason, remedyOf(fault.code, found))
}

function remedyOf(code: ErrorCode, { layout }: FoundIndex): string {
  if (code !== 'LEDGER_FAILED') return ERROR_CODES[code]
  return layout === null
    ? 'Remove it, or set REVAL_SEARCH_PREFIX to a prefix of your own.'
    : 'Run the version that wrote it, or a newer one.'
}

async function ofRecords(engine: Engine, settings: SearchSettings, exists: boolean): Promise<Finding> {
  const installation = exists ? await ledgerIn(engine, settings).read('installation', INSTALLATION) : null
  const live = installation?.value.live ?? null
  const records = new LedgerIndex(engine, 'records', settings)
  const runs = exists ? await records.count({ term: { kind: 'run' } }) : 0
  const index = live === null ? await liveIndex(engine, settings) : null
  if (index === null) return ok(LEDGER, `${runs} ${runs === 1 ? 'run' : 'runs'}`)
  const knows = exists ? 'has no live generation' : 'does not exist'
  return fail(LEDGER, `the five aliases point to ${index}, but the ledger ${knows}`, ERROR_CODES.LEDGER_GONE)
}

/** The index that all five aliases point to; null if they do not point to one: then no generation went live here. */
async function liveIndex(engine: Engine, settings: SearchSettings): Promise<string | null> {
  const names = INDEX_NAMES.map((name) => `${settings.searchPrefix}${name}`)
  const indexes = Object.entries(await engine.indexes(names))
  return indexes.find(([, { aliases = {} }]) => names.every((name) => name in aliases))?.[0] ?? null
}
