import type { ErrorCode } from '../../../errors/codes.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import { reasonOf, type Engine } from '../../opensearch/engine.ts'
import type { SearchSettings } from '../../opensearch/settings.ts'

/** Raised whenever a mapping or the shape of a document changes; an index of another layout is refused. */
export const LAYOUT_VERSION = 2

/** The parts of the ledger: each an index, always addressed by an alias of this name behind the prefix. */
export const PARTS = ['records', 'failures'] as const
export type Part = (typeof PARTS)[number]

/** Nobody searches it, whatever its length: it is only given back. */
const KEPT = { type: 'keyword', index: false, doc_values: false } as const

const FIELDS: Readonly<Record<Part, object>> = {
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

/** What stands behind one of the ledger's names. */
export interface FoundIndex {
  readonly index: string
  /** Null where the index does not say, as one that the ledger has not made. */
  readonly layout: number | null
}

export function aliasOf(part: Part, settings: Pick<SearchSettings, 'searchPrefix'>): string {
  return `${settings.searchPrefix}reval-ledger-${part}`
}

/**
 * Makes those of the ledger's indexes that are not there; one call where all are. Several processes may do so at once.
 * Rejects LEDGER_OLDER where an index is of an earlier layout, LEDGER_FAILED where it is of a later one or not the
 * ledger's.
 */
export async function layOut(engine: Engine, settings: SearchSettings): Promise<void> {
  const before = await lookAt(engine, settings)
  for (const [part, found] of before) assertUsable(aliasOf(part, settings), found)
  const missing = PARTS.filter((part) => !before.has(part))
  if (missing.length === 0) return
  await Promise.all(missing.map((part) => create(engine, part, settings)))
  const after = await lookAt(engine, settings)
  for (const part of PARTS) assertUsable(aliasOf(part, settings), after.get(part))
}

/** What there is of the ledger, by part; a part that is not there is absent. */
export async function lookAt(
  engine: Engine,
  settings: Pick<SearchSettings, 'searchPrefix'>,
): Promise<ReadonlyMap<Part, FoundIndex>> {
  const names = PARTS.map((part) => aliasOf(part, settings))
  const { body } = await engine.call<Readonly<Record<string, IndexDescription>>>({
    method: 'GET',
    path: `/${names.join(',')}`,
    query: { ignore_unavailable: true, filter_path: '*.aliases,*.mappings._meta' },
    kind: 'small',
  })
  const found = new Map<Part, FoundIndex>()
  for (const [index, { aliases = {}, mappings }] of Object.entries(body)) {
    const part = PARTS.find((each) => {
      const alias = aliasOf(each, settings)
      return alias in aliases || alias === index
    })
    const layout = mappings?._meta?.layout
    if (part !== undefined) found.set(part, { index, layout: typeof layout === 'number' ? layout : null })
  }
  return found
}

interface IndexDescription {
  readonly aliases?: Readonly<Record<string, unknown>>
  readonly mappings?: { readonly _meta?: { readonly layout?: unknown } }
}

function assertUsable(alias: string, found: FoundIndex | undefined): void {
  const fault = faultOf(alias, found)
  if (fault !== null) throw new RevalError(fault.code, fault.reason, { details: { index: found?.index ?? alias } })
}

/** Why what stands behind a name is not to be worked with; null where it is as it should be. */
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
 * The alias comes with the index in one step. Every write asks for the alias, so that an index somebody deleted does
 * not come back by itself, empty and without its mapping.
 */
async function create(engine: Engine, part: Part, settings: SearchSettings): Promise<void> {
  const alias = aliasOf(part, settings)
  const { status, body } = await engine.call({
    method: 'PUT',
    path: `/${alias}-1`,
    body: {
      settings: {
        number_of_shards: 1,
        number_of_replicas: settings.searchReplicas,
        // Whoever searches refreshes first; nobody else looks.
        refresh_interval: '-1',
        'translog.durability': 'request',
      },
      mappings: { dynamic: 'strict', _meta: { layout: LAYOUT_VERSION }, properties: FIELDS[part] },
      aliases: { [alias]: { is_write_index: true } },
    },
    ignore: [400],
    kind: 'large',
  })
  if (status === 400 && !isThereAlready(body)) {
    throw new RevalError('LEDGER_FAILED', `cannot create index ${alias}-1: ${reasonOf(body)}`)
  }
}

function isThereAlready(body: unknown): boolean {
  return reasonOf(body).startsWith('resource_already_exists_exception')
}
