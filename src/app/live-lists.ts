import type * as z from 'zod'
import { asRevalError, RevalError } from '../errors/reval-error.ts'
import type { GenerationId, IndexStore } from '../ports/index-store.ts'
import type { Installation } from '../ports/run-ledger.ts'
import { findGeneration } from '../sync/generations.ts'
import { inTime } from './health/ping.ts'
import type { LIVE_LISTS } from './json/live-lists.ts'

/** How the lists of what is live are stored. */
export type LiveListsView = z.infer<typeof LIVE_LISTS>

/** Null if nothing is live. Does not reject: what the index store does not tell in time is not known, with the reason. */
export async function readLiveLists(
  store: Pick<IndexStore, 'generations' | 'countTables'>,
  { live }: Pick<Installation, 'live'>,
): Promise<LiveListsView | null> {
  if (live === null) return null
  try {
    return await inTime(() => read(store, live.generation))
  } catch (error) {
    const { code, message: reason } = asRevalError(error)
    return { kind: null, tableDay: null, rows: null, notKnown: { code, reason } }
  }
}

async function read(
  store: Pick<IndexStore, 'generations' | 'countTables'>,
  generation: GenerationId,
): Promise<LiveListsView> {
  const found = await findGeneration(store, generation)
  if (found === undefined) throw new RevalError('GENERATION_UNKNOWN', `there is no generation ${generation}`)
  const { tableDay = null, java } = found
  if (java) return { kind: 'java', tableDay: null, rows: null, notKnown: null }
  if (tableDay === null) return { kind: 'views', tableDay, rows: null, notKnown: null }
  return { kind: 'tables', tableDay, rows: await store.countTables(generation), notKnown: null }
}
