import type { ErrorCode } from '../../../errors/codes.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { Engine } from '../../opensearch/engine.ts'
import type { SearchSettings } from '../../opensearch/settings.ts'

/**
 * Raised whenever a mapping changes, or the shape of a document so that earlier versions or later ones misread it; an index
 * of another layout is refused. What was only added is filled in when it is read.
 */
export const LAYOUT_VERSION = 3

/** The indexes of the ledger. Each is always addressed by an alias: the prefix and its name. */
export const LEDGER_INDEXES = ['records', 'failures'] as const
export type LedgerIndexName = (typeof LEDGER_INDEXES)[number]

/** Returned, never searched, so it may have any length. */
const KEPT = { type: 'keyword', index: false, doc_values: false } as const

const FIELDS: Readonly<Record<LedgerIndexName, object>> = {
  records: {
    kind: { type: 'keyword' },
    id: { type: 'keyword', ignore_above: 1_024 },
    run: { type: 'keyword' },
    requestedAt: { type: 'long' },
    saving: KEPT,
    value: KEPT,
  },
  failures: {
    run: { type: 'keyword' },
    generation: { type: 'keyword' },
    cursor: { type: 'keyword' },
    value: KEPT,
  },
}

/** What one of the ledger's aliases points to. */
export interface FoundIndex {
  readonly index: string
  /** Null for an index that the ledger did not create. */
  readonly layout: number | null
}

type Prefixed = Pick<SearchSettings, 'searchPrefix'>

export function aliasOf(name: LedgerIndexName, { searchPrefix }: Prefixed): string {
  return `${searchPrefix}reval-ledger-${name}`
}

/**
 * Makes those of the ledger's indexes that are missing; several processes may do so at once. Rejects LEDGER_OLDER if an
 * index is of an earlier layout, LEDGER_FAILED where it is of a later one or not the ledger's.
 */
export async function layOut(engine: Engine, settings: SearchSettings): Promise<void> {
  const before = await findIndexes(engine, settings)
  for (const [name, found] of before) assertUsable(aliasOf(name, settings), found)
  const missing = LEDGER_INDEXES.filter((name) => !before.has(name))
  if (missing.length === 0) return
  await Promise.all(missing.map((name) => create(engine, name, settings)))
  const after = await findIndexes(engine, settings)
  for (const name of LEDGER_INDEXES) assertUsable(aliasOf(name, settings), after.get(name))
}

/** The indexes of the ledger that exist. */
export async function findIndexes(
  engine: Engine,
  settings: Prefixed,
): Promise<ReadonlyMap<LedgerIndexName, FoundIndex>> {
  const described = await engine.indexes(LEDGER_INDEXES.map((name) => aliasOf(name, settings)))
  const found = new Map<LedgerIndexName, FoundIndex>()
  for (const [index, { aliases = {}, mappings }] of Object.entries(described)) {
    const name = LEDGER_INDEXES.find((each) => aliasOf(each, settings) in aliases || aliasOf(each, settings) === index)
    if (name !== undefined) found.set(name, { index, layout: layoutIn(mappings?._meta) })
  }
  return found
}

function layoutIn(meta: unknown): number | null {
  const layout = typeof meta === 'object' && meta !== null && 'layout' in meta ? meta.layout : null
  return typeof layout === 'number' ? layout : null
}

function assertUsable(alias: string, found: FoundIndex | undefined): void {
  const fault = faultOf(alias, found)
  if (fault !== null) throw new RevalError(fault.code, fault.reason, { details: { index: found?.index ?? alias } })
}

/** Why an index of the ledger cannot be used; null if it is valid. */
export function faultOf(
  alias: string,
  found: FoundIndex | undefined,
): { readonly code: ErrorCode; readonly reason: string } | null {
  const failed = (reason: string) => ({ code: 'LEDGER_FAILED' as const, reason })
  if (found === undefined) return failed(`run ledger index ${alias}-1 exists without its alias ${alias}`)
  const { index, layout } = found
  if (index === alias) {
    return failed(`${alias} is an index, not an alias; it was not created by the run ledger`)
  }
  if (layout === null) return failed(`index ${index} behind ${alias} was not created by the run ledger`)
  if (layout === LAYOUT_VERSION) return null
  const difference = `${index} has layout ${layout}, this version requires ${LAYOUT_VERSION}`
  if (layout > LAYOUT_VERSION) return failed(`a newer version wrote the run ledger: ${difference}`)
  return { code: 'LEDGER_OLDER', reason: `an older version wrote the run ledger: ${difference}` }
}

/**
 * The alias comes with the index in one step. Every write asks for the alias, so an index that somebody deletes does not come back, empty and without its mapping.
 */
async function create(engine: Engine, name: LedgerIndexName, settings: SearchSettings): Promise<void> {
  const alias = aliasOf(name, settings)
  await engine.createIndex(`${alias}-1`, {
    settings: {
      number_of_shards: 1,
      number_of_replicas: settings.searchReplicas,
      // Every search refreshes first.
      refresh_interval: '-1',
      'translog.durability': 'request',
    },
    mappings: { dynamic: 'strict', _meta: { layout: LAYOUT_VERSION }, properties: FIELDS[name] },
    aliases: { [alias]: { is_write_index: true } },
  })
}
