import {
  CODED_FIELDS,
  DAY_FIELDS,
  type CodedField,
  type DayField,
  type DaySpread,
  type Profile,
} from '../../src/domain/profile.ts'
import { FIELDS, type Field } from '../../src/domain/fields.ts'
import type { IndexName } from '../../src/domain/lists.ts'
import { recordOf } from './profile-of.ts'

type Counts = Readonly<Record<string, number>>

/** The figures that a test sets. */
export interface Differing {
  readonly indexes?: Partial<Record<IndexName, number>>
  readonly joined?: number
  readonly withReason?: number
  readonly withoutTrainee?: number
  readonly fields?: Partial<Record<Field, number>>
  readonly bodies?: Counts
  readonly codes?: Partial<Record<CodedField, Counts>>
  readonly days?: Partial<Record<DayField, DaySpread | null>>
}

export const A_SPREAD: DaySpread = { first: '2020-01-01', median: '2024-06-01', last: '2026-06-01' }

/** A profile of 10,000 master rows, so changes below 50 rows are ignored; every field has 8,000 values. */
export function aProfile(differing: Differing = {}): Profile {
  return {
    withTrainee: 9_000,
    withoutTrainee: differing.withoutTrainee ?? 1_000,
    withReason: differing.withReason ?? 200,
    joined: differing.joined ?? 8_000,
    indexes: {
      masterdoctorindex: 10_000,
      // The same rows, unless a test sets others.
      recommendationindex: differing.indexes?.masterdoctorindex ?? 10_000,
      connectedindex: 8_000,
      disconnectedindex: 2_000,
      exceptionindex: 400,
      ...differing.indexes,
    },
    fields: { ...recordOf(FIELDS, () => 8_000), ...differing.fields },
    bodies: differing.bodies ?? { 'body A': 5_000, 'body B': 2_000, 'body C': 992, 'body D': 8 },
    codes: { ...recordOf(CODED_FIELDS, (): Counts => ({ common: 7_700, rare: 300 })), ...differing.codes },
    days: { ...recordOf(DAY_FIELDS, (): DaySpread | null => A_SPREAD), ...differing.days },
  }
}

/** A profile with every number of rows changed by the same factor. */
export function scaled(profile: Profile, factor: number): Profile {
  const rows = (count: number): number => Math.round(count * factor)
  const all = <Name extends string>(counts: Readonly<Record<Name, number>>): Record<Name, number> =>
    Object.fromEntries(Object.entries<number>(counts).map(([name, count]) => [name, rows(count)])) as Record<
      Name,
      number
    >
  return {
    withTrainee: rows(profile.withTrainee),
    withoutTrainee: rows(profile.withoutTrainee),
    withReason: rows(profile.withReason),
    joined: rows(profile.joined),
    indexes: all(profile.indexes),
    fields: all(profile.fields),
    bodies: all(profile.bodies),
    codes: recordOf(CODED_FIELDS, (field) => all(profile.codes[field])),
    days: profile.days,
  }
}
