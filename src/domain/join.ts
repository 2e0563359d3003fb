import type { GmcNumber } from './gmc-number.ts'
import {
  doctorRowId,
  isTraineeRow,
  NO_PARTS,
  NUMBER_PARTS,
  numberOfRow,
  type Marks,
  type NumberPart,
  type Parts,
  type Row,
  type RowId,
} from './row.ts'
import type { RowWrite } from './row-write.ts'
import { sameRow } from './same-row.ts'

/** What all rows of one GMC number have in common. */
export interface SharedParts {
  readonly parts: Pick<Parts, NumberPart>
  readonly marks: Marks
}

const NOTHING_SHARED: SharedParts = { parts: { doctor: null, outcome: null, reason: null }, marks: {} }

/** The mark of a part, below every order where there is none. */
export function markOf(of: { readonly marks: Marks }, name: keyof Parts): number {
  return of.marks[name] ?? -Infinity
}

/** With one part replaced, and marked when a change did it. */
export function withPart<Name extends NumberPart>(
  shared: SharedParts,
  name: Name,
  value: Parts[Name],
  mark?: number,
): SharedParts {
  const marks = mark === undefined ? shared.marks : { ...shared.marks, [name]: mark }
  return { parts: { ...shared.parts, [name]: value }, marks }
}

/**
 * The parts of a number, as its rows know them: of each part the value with the greatest mark; where none is marked, a
 * value before null, since all values come from one snapshot and only some rows may have met it.
 */
export function sharedBy(rows: readonly Row[]): SharedParts {
  return NUMBER_PARTS.reduce((shared, name) => {
    const best = rows.reduce<Row | null>((chosen, row) => (knowsBetter(name, row, chosen) ? row : chosen), null)
    return best === null ? shared : withPart(shared, name, best.parts[name], best.marks[name])
  }, NOTHING_SHARED)
}

function knowsBetter(name: NumberPart, row: Row, chosen: Row | null): boolean {
  if (chosen === null) return true
  const mark = markOf(row, name)
  const best = markOf(chosen, name)
  return mark > best || (mark === best && chosen.parts[name] === null && row.parts[name] !== null)
}

/** The row with the parts of its number in place of its own. */
function joinedRow(row: Row, { parts, marks }: SharedParts): Row {
  const own = row.marks.trainee === undefined ? {} : { trainee: row.marks.trainee }
  return { ...row, parts: { ...row.parts, ...parts }, marks: { ...own, ...marks } }
}

/**
 * The rows that a number shall have, given those it has: each trainee's, in the order given, with the shared parts.
 * Only where there is no trainee it has one of its own: the doctor's, or a tombstone that keeps the marks of changes
 * while there is no doctor. `ownId` is the tombstone's id where no row offers one.
 */
export function rowsJoined(rows: readonly Row[], shared: SharedParts, ownId: RowId): Row[] {
  const trainees = rows.filter(isTraineeRow)
  if (trainees.length > 0) return trainees.map((row) => joinedRow(row, shared))
  const { doctor } = shared.parts
  if (doctor === null && Object.keys(shared.marks).length === 0) return []
  const id = doctor === null ? (rows[0]?.id ?? ownId) : doctorRowId(doctor.gmcReferenceNumber)
  return [joinedRow({ id, parts: NO_PARTS, marks: {}, hidden: doctor === null }, shared)]
}

/**
 * The writes that lead from the rows that are to the rows that shall be: creates and replaces in the order of `after`,
 * then the deletes. None where they are the same.
 */
export function differences(before: readonly Row[], after: readonly Row[]): RowWrite[] {
  const made = after.flatMap((row): RowWrite[] => {
    const old = before.find(({ id }) => id === row.id)
    if (old === undefined) return [{ op: 'create', row }]
    return sameRow(old, row) ? [] : [{ op: 'replace', row }]
  })
  const gone = before.filter(({ id }) => after.every((row) => row.id !== id))
  return [...made, ...gone.map(({ id }): RowWrite => ({ op: 'delete', id }))]
}

/** Those of the rows that have the number; a search may also give rows that have left it. */
export function rowsOfNumber(rows: readonly Row[], number: GmcNumber): Row[] {
  return rows.filter((row) => numberOfRow(row) === number)
}

/**
 * The writes that bring all rows of a GMC number together: every trainee's row has the number's parts, and the doctor
 * has a row of its own exactly when no trainee has the number. `rows` are all rows of the number, as they are now;
 * others among them are left alone. `lending` are rows that are about to leave the number: what they know of it
 * counts, they are not written. The writes are in an order that survives a crash between any two; done, it asks for
 * none.
 */
export function joinNumber(
  rows: readonly Row[],
  number: GmcNumber,
  { lending = [] }: { readonly lending?: readonly Row[] } = {},
): RowWrite[] {
  const members = rowsOfNumber(rows, number)
  const shared = sharedBy([...members, ...lending])
  return differences(members, rowsJoined(members, shared, doctorRowId(number)))
}
