import type { Day } from '../../domain/day.ts'
import { doctorRowId, traineeRowId } from '../../domain/row.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { IndexStore } from '../../ports/index-store.ts'
import type { KeptGeneration, ResyncScope, RunLedger } from '../../ports/run-ledger.ts'
import { failuresOf } from '../failures-of.ts'
import { keysOf, keysOfDoctor, keysOfRow, type NamedKeys } from './resync-keys.ts'

/** The GMC numbers as stored of recommendations, by `_id`; absent if there is none. */
export type DoctorsOfRecommendations = (ids: readonly string[]) => Promise<ReadonlyMap<string, string>>

/** Where the keys of a scope are found. */
export interface ScopeSources {
  readonly ledger: RunLedger
  readonly store: IndexStore
  readonly doctorsOf: DoctorsOfRecommendations
}

/** The keys of a scope, by name. Those of a body and of failures are what live has now. */
export async function keysInScope(
  { ledger, store, doctorsOf }: ScopeSources,
  scope: ResyncScope,
  live: KeptGeneration,
  today: Day,
): Promise<readonly NamedKeys[]> {
  if ('keys' in scope) {
    return [...[...new Set(scope.keys)].map(keysOf), ...(await doctorsNamed(scope.recommendations ?? [], doctorsOf))]
  }
  return 'body' in scope ? rowsOfBody(store, scope.body, live, today) : failedRows(ledger, live)
}

async function doctorsNamed(
  ids: readonly string[],
  doctorsOf: DoctorsOfRecommendations,
): Promise<readonly NamedKeys[]> {
  if (ids.length === 0) return []
  const doctors = await doctorsOf(ids)
  return ids.map((id) => ({ name: id, keys: keysOfDoctor(doctors.get(id) ?? '') }))
}

/** The rows whose doctor or trainee has this designated body. Reads every master document: no store searches by body. */
async function rowsOfBody(
  store: IndexStore,
  body: string,
  { generation }: KeptGeneration,
  today: Day,
): Promise<readonly NamedKeys[]> {
  const named: NamedKeys[] = []
  for await (const document of store.documents(generation, 'masterdoctorindex', today)) {
    const { designatedBody, tcsDesignatedBody, tcsPersonId, gmcReferenceNumber } = document
    if (designatedBody !== body && tcsDesignatedBody !== body) continue
    const id = typeof tcsPersonId === 'number' ? traineeRowId(tcsPersonId) : doctorRowId(String(gmcReferenceNumber))
    named.push(keysOfRow(id))
  }
  return named
}

/** Several failures may have one key; some name none. */
async function failedRows(ledger: RunLedger, { generation }: KeptGeneration): Promise<readonly NamedKeys[]> {
  const named = new Map<string, NamedKeys>()
  for await (const { key } of failuresOf(ledger, generation)) named.set(key, keysOfRow(key))
  return [...named.values()]
}

/** What is live. Rejects NOTHING_LIVE. */
export function liveOf({ live }: { readonly live: KeptGeneration | null }): KeptGeneration {
  if (live !== null) return live
  throw new RevalError('NOTHING_LIVE', 'there are no rows to refresh yet')
}
