import type { GmcNumber } from '../../domain/gmc-number.ts'
import { numberOfRow, traineeRowId, type Row, type RowId } from '../../domain/row.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { Erased } from '../../ports/erasure.ts'
import type { GenerationId, IndexStore } from '../../ports/index-store.ts'
import type { Installation } from '../../ports/run-ledger.ts'
import type { ChangedKey } from '../../ports/run-workspace.ts'
import { keyText } from '../resync/resync-keys.ts'
import { ErasedKeys, meantBy } from './erased-keys.ts'

/** The rows to erase in one of the kept generations. */
export interface FoundRows {
  readonly kept: keyof Erased['rows']
  readonly generation: GenerationId
  readonly ids: readonly RowId[]
}

export interface FoundPerson {
  readonly keys: ErasedKeys
  /** Live comes last: while it has the row, all keys can be found again. */
  readonly rows: readonly FoundRows[]
  /** See `ErasureResult`. */
  readonly sharing: number
}

/** The rows of one generation, by id. */
type RowsById = ReadonlyMap<RowId, Row>
type Reading = Pick<IndexStore, 'get' | 'findByNumbers'>

/**
 * Finds the rows and keys of the person that a text means, in the kept generations. A person has the GMC number of its rows
 * unless other persons share it; a number has the persons whose rows all have it. Throws USAGE, and KEY_AMBIGUOUS if a person
 * and another doctor have these seven digits.
 */
export async function findPerson(
  store: Reading,
  installation: Pick<Installation, 'live' | 'previous' | 'heldBack'>,
  text: string,
): Promise<FoundPerson> {
  const generations = keptIn(installation)
  const { person, doctor } = meantBy(text)
  const ofPerson = person === null ? [] : await rowsWith(store, generations, [{ kind: 'person', tcsPersonId: person }])
  const ofDoctor = await rowsWith(store, generations, doctor)
  const isPerson = person !== null && (doctor.length === 0 || has(ofPerson))
  if (isPerson && has(ofDoctor) && !isSame(ofPerson, ofDoctor)) {
    const what = `a person has the id ${text.trim()}, and another doctor has it as GMC number`
    throw new RevalError('KEY_AMBIGUOUS', what)
  }
  return isPerson
    ? personFound(store, generations, person, ofPerson)
    : doctorFound(store, generations, doctor, ofDoctor)
}

async function personFound(
  store: Reading,
  generations: readonly Kept[],
  person: number,
  own: readonly RowsById[],
): Promise<FoundPerson> {
  const numbers = new Set(own.flatMap((rows) => [...rows.values()].flatMap((row) => numberOfRow(row) ?? [])))
  const taken: ChangedKey[] = [{ kind: 'person', tcsPersonId: person }]
  let sharing = 0
  for (const number of numbers) {
    const key: ChangedKey = { kind: 'number', number }
    const found = await rowsWith(store, generations, [key])
    const others = found.map((rows) => [...rows.values()].filter(({ id }) => isOfAnother(id, person)).length)
    sharing += Math.max(...others)
    if (others.every((each) => each === 0)) taken.push(key)
  }
  const rows = await rowsWith(store, generations, taken)
  return { keys: new ErasedKeys(taken), rows: idsOf(generations, rows), sharing }
}

async function doctorFound(
  store: Reading,
  generations: readonly Kept[],
  doctor: readonly ChangedKey[],
  own: readonly RowsById[],
): Promise<FoundPerson> {
  const persons = new Set(own.flatMap((rows) => [...rows.values()].flatMap((row) => personOf(row) ?? [])))
  const keys = [...persons].map((tcsPersonId): ChangedKey => ({ kind: 'person', tcsPersonId }))
  const all = await rowsWith(store, generations, keys)
  const erased = new Set(own.flatMap((rows, at) => [...rows.keys()].map((id) => `${at} ${id}`)))
  // A person with another number in another generation had this one by mistake: only the rows of the number are erased.
  const isTaken = (key: ChangedKey) =>
    all.every((rows, at) => !rows.has(keyText(key)) || erased.has(`${at} ${keyText(key)}`))
  return { keys: new ErasedKeys([...doctor, ...keys.filter(isTaken)]), rows: idsOf(generations, own), sharing: 0 }
}

interface Kept {
  readonly kept: keyof Erased['rows']
  readonly generation: GenerationId
}

function keptIn({ live, previous, heldBack }: Pick<Installation, 'live' | 'previous' | 'heldBack'>): readonly Kept[] {
  return Object.entries({ previous, heldBack, live }).flatMap(([kept, each]) =>
    each === null ? [] : [{ kept: kept as Kept['kept'], generation: each.generation }],
  )
}

/** The rows of these keys in each generation. `get` decides: a search may be outdated. */
async function rowsWith(
  store: Reading,
  generations: readonly Kept[],
  keys: readonly ChangedKey[],
): Promise<readonly RowsById[]> {
  const numbers = keys.flatMap((key): readonly GmcNumber[] => (key.kind === 'number' ? [key.number] : []))
  return Promise.all(
    generations.map(async ({ generation }) => {
      const found = numbers.length === 0 ? [] : await store.findByNumbers(generation, numbers)
      const ids = [...new Set([...keys.map(keyText), ...found.map(({ row }) => row.id)])]
      const rows = ids.length === 0 ? [] : await store.get(generation, ids)
      const isMeant = (row: Row) => {
        const number = numberOfRow(row)
        return keys.some((key) => keyText(key) === row.id) || (number !== null && numbers.includes(number))
      }
      return new Map(rows.flatMap(({ row }) => (isMeant(row) ? [[row.id, row] as const] : [])))
    }),
  )
}

function idsOf(generations: readonly Kept[], rows: readonly RowsById[]): readonly FoundRows[] {
  return generations.map((kept, at) => ({ ...kept, ids: [...(rows[at]?.keys() ?? [])] }))
}

function has(rows: readonly RowsById[]): boolean {
  return rows.some(({ size }) => size > 0)
}

/** Whether two readings of the same generations found rows of the same persons only. */
function isSame(one: readonly RowsById[], other: readonly RowsById[]): boolean {
  const ids = new Set(one.flatMap((rows) => [...rows.keys()]))
  return other.every((rows) => [...rows.keys()].every((id) => ids.has(id)))
}

function isOfAnother(id: RowId, person: number): boolean {
  return id.startsWith('tcs-') && id !== traineeRowId(person)
}

function personOf({ parts: { trainee } }: Row): number | null {
  return trainee?.tcsPersonId ?? null
}
