import type { GmcNumber } from './gmc-number.ts'
import { doctorRowId, isTraineeRow, NO_PARTS, NUMBER_PARTS, type Marks, type Parts, type Row } from './row.ts'
import type { RowWrite } from './row-write.ts'
import { samePart } from './snapshot.ts'

type NumberPart = (typeof NUMBER_PARTS)[number]

/**
 * What a number's parts are among its rows: of each part the value with the greatest mark; where none is marked, a
 * value before null.
 */
function partsOfNumber(rows: readonly Row[]): { parts: Partial<Parts>; marks: Marks } {
  let parts: Partial<Parts> = {}
  let marks: Marks = {}
  for (const name of NUMBER_PARTS) {
    const best = rows.reduce<Row | undefined>((chosen, row) => (isBetter(name, row, chosen) ? row : chosen), undefined)
    if (best === undefined) continue
    parts = { ...parts, [name]: best.parts[name] }
    const mark = best.marks[name]
    if (mark !== undefined) marks = { ...marks, [name]: mark }
  }
  return { parts, marks }
}

function isBetter(name: NumberPart, row: Row, chosen: Row | undefined): boolean {
  if (chosen === undefined) return true
  const mark = row.marks[name] ?? -Infinity
  const best = chosen.marks[name] ?? -Infinity
  return mark > best || (mark === best && chosen.parts[name] === null && row.parts[name] !== null)
}

function withParts(row: Row, joined: { parts: Partial<Parts>; marks: Marks }): Row {
  const marks: Marks = { ...(row.marks.trainee === undefined ? {} : { trainee: row.marks.trainee }), ...joined.marks }
  return { ...row, parts: { ...row.parts, ...joined.parts }, marks }
}

function differs(a: Row, b: Row): boolean {
  return (
    a.hidden !== b.hidden ||
    NUMBER_PARTS.some((name) => a.marks[name] !== b.marks[name] || !samePart(a.parts[name], b.parts[name]))
  )
}

/**
 * The writes that bring all rows of a GMC number together: each trainee's row has the number's parts, and the doctor
 * has a row of its own exactly when no trainee has the number. `lending` are rows that are about to leave the number:
 * their parts count, they are not written. The doctor's own row comes first where it must be made, and goes last where
 * it became redundant; a tombstone stays.
 */
export function joinNumber(
  rows: readonly Row[],
  number: GmcNumber,
  { lending = [] }: { lending?: readonly Row[] } = {},
): RowWrite[] {
  const joined = partsOfNumber([...rows, ...lending])
  const trainees = rows.filter((row) => isTraineeRow(row) && !row.hidden)
  const updates = trainees.flatMap((row): RowWrite[] => {
    const next = withParts(row, joined)
    return differs(row, next) ? [{ op: 'replace', row: next }] : []
  })
  const doctor = joined.parts.doctor ?? null
  const own = rows.find((row) => !isTraineeRow(row))
  if (trainees.length > 0) {
    return own === undefined || own.hidden ? updates : [...updates, { op: 'delete', id: own.id }]
  }
  if (doctor === null) return own === undefined || own.hidden ? [] : [{ op: 'delete', id: own.id }]
  const id = own?.id ?? doctorRowId(doctor.gmcReferenceNumber)
  const next = withParts({ id, parts: NO_PARTS, marks: {}, hidden: false }, joined)
  if (own === undefined) return [{ op: 'create', row: next }]
  return differs(own, next) ? [{ op: 'replace', row: next }] : []
}
