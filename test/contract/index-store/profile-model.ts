import type { AssembledDocument } from '../../../src/domain/assemble.ts'
import type { Day } from '../../../src/domain/day.ts'
import { FIELDS, type Field } from '../../../src/domain/fields.ts'
import { belongsTo, INDEX_NAMES } from '../../../src/domain/lists.ts'
import {
  CODED_FIELDS,
  DAY_FIELDS,
  MOST_VALUES,
  type DaySpread,
  type GenerationCounts,
  type Profile,
} from '../../../src/domain/profile.ts'
import { compareByCodePoint } from '../../../src/domain/text.ts'

/** The number of these documents in each index on a day, counted one by one. */
export function countsOf(documents: readonly AssembledDocument[], today: Day): GenerationCounts {
  const counting = (holds: (document: AssembledDocument) => boolean) => documents.filter(holds).length
  return {
    withTrainee: counting(hasTrainee),
    withoutTrainee: counting((document) => !hasTrainee(document)),
    withReason: counting(({ exceptionReason }) => exceptionReason !== null),
    indexes: record(INDEX_NAMES, (index) => counting((document) => belongsTo(index, document, today))),
  }
}

/** The profile of these documents on a day, in the simplest way; of equally frequent values, the lesser is kept. */
export function profileOf(documents: readonly AssembledDocument[], today: Day): Profile {
  return {
    ...countsOf(documents, today),
    // Every doctor has existsInGmc; no other row does.
    joined: documents.filter((document) => hasTrainee(document) && document.existsInGmc !== null).length,
    fields: record(FIELDS, (field) => valuesOf(documents, field).length) satisfies Record<Field, number>,
    bodies: mostFrequent(valuesOf(documents, 'designatedBody')),
    codes: record(CODED_FIELDS, (field) => mostFrequent(valuesOf(documents, field))),
    days: record(DAY_FIELDS, (field) => spreadOf(valuesOf(documents, field))),
  }
}

function hasTrainee({ tcsPersonId }: AssembledDocument): boolean {
  return tcsPersonId !== null
}

/** The values of a field as text, by code point. */
export function valuesOf(documents: readonly AssembledDocument[], field: Field): string[] {
  return documents
    .flatMap((document) => document[field] ?? [])
    .map(String)
    .sort(compareByCodePoint)
}

function mostFrequent(values: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  // Sorting is stable: of equal frequency, the lesser value comes first.
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a).slice(0, MOST_VALUES))
}

function spreadOf(days: readonly Day[]): DaySpread | null {
  const [first] = days
  const median = days[Math.floor((days.length - 1) / 2)]
  const last = days.at(-1)
  return first === undefined || median === undefined || last === undefined ? null : { first, median, last }
}

function record<Key extends string, Value>(keys: readonly Key[], valueOf: (key: Key) => Value): Record<Key, Value> {
  // A value for each key.
  return Object.fromEntries(keys.map((key) => [key, valueOf(key)])) as Record<Key, Value>
}
