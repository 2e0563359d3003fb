import type { AssembledDocument } from '../../src/domain/assemble.ts'
import type { Day } from '../../src/domain/day.ts'
import { FIELDS, type Field } from '../../src/domain/fields.ts'
import { belongsTo, INDEX_NAMES } from '../../src/domain/lists.ts'
import { CODED_FIELDS, DAY_FIELDS, MOST_VALUES, type DaySpread, type Profile } from '../../src/domain/profile.ts'

/** The profile of a generation's documents on a day, computed in the simplest way. */
export function profileOf(documents: readonly AssembledDocument[], today: Day): Profile {
  const having = (field: Field): AssembledDocument[] => documents.filter((document) => document[field] !== null)
  const withTrainee = having('tcsPersonId')
  return {
    withTrainee: withTrainee.length,
    withoutTrainee: documents.length - withTrainee.length,
    withReason: having('exceptionReason').length,
    indexes: recordOf(INDEX_NAMES, (index) => documents.filter((each) => belongsTo(index, each, today)).length),
    // Every doctor has existsInGmc; no other row does.
    joined: withTrainee.filter(({ existsInGmc }) => existsInGmc !== null).length,
    fields: recordOf(FIELDS, (field) => having(field).length),
    bodies: rowsOfEach('designatedBody', documents),
    codes: recordOf(CODED_FIELDS, (field) => rowsOfEach(field, documents)),
    days: recordOf(DAY_FIELDS, (field) => spreadOf(having(field).map((document) => document[field] ?? ''))),
  }
}

/** A record with a value for each name. */
export function recordOf<Name extends string, T>(names: readonly Name[], valueOf: (name: Name) => T): Record<Name, T> {
  // The type of Object.fromEntries loses the union of names.
  return Object.fromEntries(names.map((name) => [name, valueOf(name)])) as Record<Name, T>
}

function rowsOfEach(field: Field, documents: readonly AssembledDocument[]): Record<string, number> {
  const rows = Map.groupBy(documents, (document) => document[field])
  rows.delete(null)
  const counts = [...rows].map(([value, { length }]) => [String(value), length] as const)
  return Object.fromEntries(counts.sort(([, a], [, b]) => b - a).slice(0, MOST_VALUES))
}

function spreadOf(days: readonly Day[]): DaySpread | null {
  const sorted = days.toSorted()
  const [first, median, last] = [sorted[0], sorted[Math.floor((sorted.length - 1) / 2)], sorted.at(-1)]
  return first === undefined || median === undefined || last === undefined ? null : { first, median, last }
}
