import type { Parts } from '../../domain/row.ts'
import { DOCTORS, TRAINEES } from '../../domain/records.ts'

// Parts are stored by position: the names of their fields would be most of the text. A new field is the last of its
// table, so parts that were stored without it are read with null; another order would be another layout of each backend.

/** The parts of a row by position. */
export type PartsValues = readonly [
  trainee: readonly unknown[] | null,
  doctor: readonly unknown[] | null,
  outcome: Parts['outcome'],
  reason: Parts['reason'],
]

/** The parts of a row by position; `partsOfValues` reverses it. */
export function valuesOfParts({ trainee, doctor, outcome, reason }: Parts): PartsValues {
  return [trainee && TRAINEES.valuesOf(trainee), doctor && DOCTORS.valuesOf(doctor), outcome, reason]
}

/** The parts that `valuesOfParts` was given. */
export function partsOfValues([trainee, doctor, outcome, reason]: PartsValues): Parts {
  return { trainee: trainee && TRAINEES.ofValues(trainee), doctor: doctor && DOCTORS.ofValues(doctor), outcome, reason }
}

/** The parts of a row as compact JSON text. */
export function partsToText(parts: Parts): string {
  return JSON.stringify(valuesOfParts(parts))
}

/** The parts that `partsToText` was given. */
export function partsOfText(text: string): Parts {
  // Only `partsToText` writes this column.
  return partsOfValues(JSON.parse(text) as PartsValues)
}
