import type { GmcNumber } from '../../domain/gmc-number.ts'
import { numberOfRow, type Row, type RowId } from '../../domain/row.ts'
import type { RowWrite } from '../../domain/row-write.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { GenerationId, IndexStore, StoredRow, StoreWrite, Token } from '../../ports/index-store.ts'

/** Something that is applied to the rows of one GMC number, or to one row. */
export interface Joining<Result> {
  /** The rows it touches are those of this number, and those of `ids`. */
  readonly number: GmcNumber | null
  readonly ids: readonly RowId[]
  /**
   * What is to be written, given the rows as they are. Asked again when a row changed meanwhile. At most one write an
   * id; the writes may be carried out in any order.
   */
  readonly decide: (found: readonly Row[]) => { readonly writes: readonly RowWrite[]; readonly result: Result }
}

/** What became of one joining: its result, or the first refusal. */
export type Joined<Result> =
  { readonly ok: true; readonly result: Result } | { readonly ok: false; readonly reason: string }

/** So often the rows of one joining may change between reading and writing before something is wrong. */
const TRIES = 8

interface Pending<Result> {
  readonly index: number
  readonly joining: Joining<Result>
  readonly found: readonly StoredRow[]
}

/**
 * Applies joinings to a generation: one lookup by numbers for all of them, one bulk of writes, and then only those
 * again whose rows were changed by somebody else in between, with the rows read by id. Joinings that touch the same
 * number or id follow each other. Resolves with what became of each, in order; rejects when the store does.
 */
export async function joinBatch<Result>(
  store: IndexStore,
  generation: GenerationId,
  joinings: readonly Joining<Result>[],
): Promise<readonly Joined<Result>[]> {
  const results: Joined<Result>[] = []
  for (const wave of wavesOf(joinings)) {
    let pending = await lookUp(store, generation, wave)
    for (let tries = 1; pending.length > 0; tries += 1) {
      if (tries > TRIES)
        throw new RevalError('STORE_FAILED', 'rows keep changing while they are joined', { transient: true })
      const again = await writeOnce(store, generation, pending, results)
      pending = await readAgain(store, generation, again)
    }
  }
  return results
}

type Indexed<Result> = Pick<Pending<Result>, 'index' | 'joining'>

/** Splits the joinings so that no wave has a number or id twice, keeping their order. */
function wavesOf<Result>(joinings: readonly Joining<Result>[]): Indexed<Result>[][] {
  const waves: Indexed<Result>[][] = []
  const used = new Map<string, number>()
  joinings.forEach((joining, index) => {
    const keys = joining.number === null ? joining.ids : [...joining.ids, joining.number]
    const wave = Math.max(0, ...keys.map((key) => used.get(key) ?? 0))
    for (const key of keys) used.set(key, wave + 1)
    const members = (waves[wave] ??= [])
    members.push({ index, joining })
  })
  return waves
}

async function lookUp<Result>(
  store: IndexStore,
  generation: GenerationId,
  wave: readonly Indexed<Result>[],
): Promise<Pending<Result>[]> {
  const numbers = wave.flatMap(({ joining }) => joining.number ?? [])
  const found = numbers.length === 0 ? [] : await store.findByNumbers(generation, numbers)
  const byNumber = Map.groupBy(found, ({ row }) => numberOfRow(row))
  return wave.map((each) => ({ ...each, found: byNumber.get(each.joining.number) ?? [] }))
}

/** Writes what the joinings ask for; returns those whose rows were not as they had been read. */
async function writeOnce<Result>(
  store: IndexStore,
  generation: GenerationId,
  pending: readonly Pending<Result>[],
  results: Joined<Result>[],
): Promise<Pending<Result>[]> {
  const writes: StoreWrite[] = []
  const owners: Pending<Result>[] = []
  for (const each of pending) {
    const decided = each.joining.decide(each.found.map(({ row }) => row))
    results[each.index] = { ok: true, result: decided.result }
    for (const write of decided.writes) {
      writes.push(withToken(write, each.found))
      owners.push(each)
    }
  }
  if (writes.length === 0) return []
  const again = new Set<Pending<Result>>()
  const outcomes = await store.write(generation, writes)
  outcomes.forEach((outcome, position) => {
    const owner = owners[position]
    if (owner === undefined) return
    if (outcome.status === 'failed') results[owner.index] = { ok: false, reason: outcome.reason }
    else if (outcome.status !== 'written') again.add(owner)
  })
  return [...again]
}

/** Reads, by id, the rows of joinings that have to be decided again. */
async function readAgain<Result>(
  store: IndexStore,
  generation: GenerationId,
  again: readonly Pending<Result>[],
): Promise<Pending<Result>[]> {
  if (again.length === 0) return []
  const idsOf = (each: Pending<Result>) => [...new Set([...each.joining.ids, ...each.found.map(({ row }) => row.id)])]
  const rows = await store.get(generation, [...new Set(again.flatMap(idsOf))])
  const byId = new Map(rows.map((stored) => [stored.row.id, stored]))
  return again.map((each) => ({ ...each, found: idsOf(each).flatMap((id) => stillConcerned(each, byId.get(id))) }))
}

/** A row that left the number since it was found is no longer this joining's. */
function stillConcerned<Result>(each: Pending<Result>, stored: StoredRow | undefined): StoredRow[] {
  if (stored === undefined) return []
  const own = each.joining.ids.includes(stored.row.id)
  return own || numberOfRow(stored.row) === each.joining.number ? [stored] : []
}

function withToken(write: RowWrite, found: readonly StoredRow[]): StoreWrite {
  if (write.op === 'create') return write
  const id = write.op === 'delete' ? write.id : write.row.id
  return { ...write, token: tokenOf(id, found) }
}

function tokenOf(id: RowId, found: readonly StoredRow[]): Token {
  const stored = found.find(({ row }) => row.id === id)
  if (stored === undefined) throw new RevalError('INTERNAL', `a write to ${id}, which was not read`)
  return stored.token
}
