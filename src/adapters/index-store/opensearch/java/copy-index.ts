import { RevalError } from '../../../../errors/reval-error.ts'
import type { Guard } from '../../../../ports/index-store.ts'
import type { Engine } from '../../../opensearch/engine.ts'
import { unallocated } from '../faults.ts'

interface Copy {
  readonly from: string
  readonly to: string
  readonly aliases: readonly string[]
}

interface Made {
  readonly shards_acknowledged?: boolean
}

interface Counted {
  readonly count: number
}

interface Settings {
  readonly [index: string]: {
    readonly settings?: { readonly index?: { readonly resize?: { readonly source?: Source } } }
  }
}

interface Source {
  readonly name?: string
}

/**
 * Copies an index that refuses writes, with its mapping and settings; the engine links files where it can. The copy takes writes.
 * Resolves once it can be searched and has as many documents. Rejects if there is an index or alias of that name.
 */
export async function copyIndex(engine: Engine, { from, to, aliases }: Copy, guard?: Guard): Promise<void> {
  const body = {
    settings: { 'index.blocks.write': null },
    aliases: Object.fromEntries(aliases.map((alias) => [alias, {}])),
  }
  const path = `/${from}/_clone/${to}`
  const { body: made } = await engine.call<Made>({ method: 'PUT', path, body, kind: 'large', guard })
  if (made.shards_acknowledged === false) throw unallocated(to)
  await engine.refresh(to, 'large')
  const [before, after] = [await countOf(engine, from), await countOf(engine, to)]
  if (before !== after) throw new RevalError('STORE_FAILED', `${to} has ${after} documents, but ${from} has ${before}`)
}

/** Documents that are visible. What an index has not shown yet, it has written by the time its copy begins. */
async function countOf(engine: Engine, index: string): Promise<number> {
  await engine.refresh(index, 'large')
  return (await engine.get<Counted>(`/${index}/_count`)).count
}

/** The index that an index is a copy of; null for any other. */
export async function copiedFrom(engine: Engine, index: string): Promise<string | null> {
  const found = await engine.get<Settings>(`/${index}/_settings`, { filter_path: '*.settings.index.resize' }, 'small')
  return found[index]?.settings?.index?.resize?.source?.name ?? null
}

/** Has indexes refuse writes, which readers do not notice. Resolves once those that had begun are done. */
async function blockWrites(engine: Engine, indexes: readonly string[], guard?: Guard): Promise<void> {
  const path = `/${indexes.join(',')}/_block/write`
  const { body } = await engine.call<Made>({ method: 'PUT', path, kind: 'large', guard })
  if (body.shards_acknowledged === true) return
  throw new RevalError('STORE_FAILED', 'the engine could not tell whether all writes were done', { transient: true })
}

/** Has indexes take writes again. */
export async function allowWrites(engine: Engine, indexes: readonly string[], guard?: Guard): Promise<void> {
  const body = { 'index.blocks.write': null }
  const path = `/${indexes.join(',')}/_settings`
  await engine.call({ method: 'PUT', path, body, kind: 'large', guard })
}

/** Does something while indexes refuse writes, and has them take writes again if it fails. */
export async function whileBlocked(
  engine: Engine,
  indexes: readonly string[],
  work: () => Promise<void>,
  guard?: Guard,
): Promise<void> {
  try {
    await blockWrites(engine, indexes, guard)
    await work()
  } catch (error) {
    // Without the guard: a process that lost its lease must not leave the indexes blocked.
    await allowWrites(engine, indexes).catch((cause: unknown) => {
      const what = `${indexes.join(', ')} still refuse writes: set index.blocks.write to null`
      throw new RevalError('STORE_FAILED', `${what}; ${String(error)}`, { cause })
    })
    throw error
  }
}
