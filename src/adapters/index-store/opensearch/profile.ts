import type { Day } from '../../../domain/day.ts'
import {
  CODED_FIELDS,
  DAY_FIELDS,
  MOST_VALUES,
  type CodedField,
  type DayField,
  type DaySpread,
  type Profile,
} from '../../../domain/profile.ts'
import { FIELDS, type Field } from '../../../domain/fields.ts'
import type { Engine } from '../../opensearch/engine.ts'
import { aggregate, countAggregations, countsIn, type CountAggregations, type Counted, type DocCount } from './count.ts'

interface Values {
  readonly buckets: readonly { readonly key: string; readonly doc_count: number }[]
}

interface Extreme {
  readonly value: number | null
}

interface Percentiles {
  readonly values: readonly { readonly value: number | null }[]
}

type ProfileAggregations = CountAggregations &
  Readonly<Record<'joined' | `field ${Field}`, DocCount>> &
  Readonly<Record<'bodies' | `values ${CodedField}`, Values>> &
  Readonly<Record<`${'first' | 'last'} ${DayField}`, Extreme>> &
  Readonly<Record<`median ${DayField}`, Percentiles>>

/** Slightly below the median: of an even number of days, the lower of the two in the middle. */
const MIDDLE = 49.99
/** Ten times the default: it is exact for up to some thousand days. */
const COMPRESSION = 1_000
/** Each shard returns more values than needed, so that the most frequent ones of all shards are correct. */
const VALUES_A_SHARD = 10_000

/** The profile of a generation, in one search. */
export async function profileRows(engine: Engine, alias: string, today: Day): Promise<Profile> {
  const aggregations = {
    ...countAggregations(today),
    joined: { filter: { bool: { filter: [exists('tcsPersonId'), exists('existsInGmc')] } } },
    ...named(FIELDS, (field) => [[`field ${field}`, { filter: exists(field) }]]),
    bodies: mostFrequent('designatedBody'),
    ...named(CODED_FIELDS, (field) => [[`values ${field}`, mostFrequent(field)]]),
    ...named(DAY_FIELDS, (field) => [
      [`first ${field}`, { min: { field } }],
      [`last ${field}`, { max: { field } }],
      [`median ${field}`, { percentiles: percentilesOf(field) }],
    ]),
  }
  // The first one of a generation has the engine sort all values: 3 s for 100,000 rows, and a tenth of that later.
  return profileIn(await aggregate<ProfileAggregations>(engine, alias, aggregations, 'large'))
}

function profileIn(counted: Counted<ProfileAggregations>): Profile {
  const { aggregations } = counted
  return {
    ...countsIn(counted),
    joined: aggregations.joined.doc_count,
    fields: byKey(FIELDS, (field) => aggregations[`field ${field}`].doc_count),
    bodies: valuesIn(aggregations.bodies),
    codes: byKey(CODED_FIELDS, (field) => valuesIn(aggregations[`values ${field}`])),
    days: byKey(DAY_FIELDS, (field) => spreadIn(aggregations, field)),
  }
}

/** Rows with a value. For a text field the text itself is tested: keywords omit values that are too long. */
function exists(field: string): object {
  return { exists: { field } }
}

function mostFrequent(field: string): object {
  return { terms: { field: `${field}.keyword`, size: MOST_VALUES, shard_size: VALUES_A_SHARD } }
}

function percentilesOf(field: DayField): object {
  return { field, percents: [MIDDLE], keyed: false, tdigest: { compression: COMPRESSION } }
}

function valuesIn({ buckets }: Values): Record<string, number> {
  return Object.fromEntries(buckets.map(({ key, doc_count }) => [key, doc_count]))
}

function spreadIn(aggregations: ProfileAggregations, field: DayField): DaySpread | null {
  const first = aggregations[`first ${field}`].value
  const last = aggregations[`last ${field}`].value
  const median = aggregations[`median ${field}`].values[0]?.value
  if (first === null || last === null || median === null || median === undefined) return null
  return { first: dayAt(first), median: dayAt(median), last: dayAt(last) }
}

/** The day of an instant at which a day begins, or after it. The engine counts in UTC, as days were written. */
function dayAt(instant: number): Day {
  return new Date(instant).toISOString().slice(0, 10)
}

function named<K extends string>(fields: readonly K[], of: (field: K) => readonly (readonly [string, object])[]) {
  return Object.fromEntries(fields.flatMap(of))
}

function byKey<K extends string, T>(keys: readonly K[], of: (key: K) => T): Record<K, T> {
  // Every key is set.
  return Object.fromEntries(keys.map((key) => [key, of(key)])) as Record<K, T>
}
