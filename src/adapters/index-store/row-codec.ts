import { DOCTOR_FIELDS, fieldsOf, TRAINEE_FIELDS, type Kind } from '../../domain/fields.ts'
import { DOCTORS, TRAINEES } from '../../domain/records.ts'
import type { Parts } from '../../domain/row.ts'
import type { RefreshCause, RowOrigin } from '../../ports/changes.ts'

// Parts are stored by position: the names of their fields would be most of the text. A new field is the last of its
// table, so parts that were stored without it are read with null; another order would be another layout of each backend.

/** The parts of a row by position, and its origin if it has one: rows of a run are stored without the fifth. */
export type PartsValues = readonly [
  trainee: readonly unknown[] | null,
  doctor: readonly unknown[] | null,
  outcome: Parts['outcome'],
  reason: Parts['reason'],
  origin?: readonly [at: number, ...causes: RefreshCause[]],
]

/** The parts and origin that a store has of a row. */
export interface StoredParts {
  readonly parts: Parts
  readonly origin: RowOrigin | null
  /** Whether the values are not what `valuesOfParts` returns: another program wrote them. Then there are no parts. */
  readonly isDamaged: boolean
}

/** The name of the parts among the wrong keys of a row. */
export const DAMAGED_PARTS = 'parts'

const DAMAGED: StoredParts = {
  parts: { trainee: null, doctor: null, outcome: null, reason: null },
  origin: null,
  isDamaged: true,
}

/** The parts of a row by position; `partsOfValues` reverses it. */
export function valuesOfParts({ trainee, doctor, outcome, reason }: Parts, origin?: RowOrigin): PartsValues {
  const values = [trainee && TRAINEES.valuesOf(trainee), doctor && DOCTORS.valuesOf(doctor), outcome, reason] as const
  return origin === undefined ? values : [...values, [origin.at, ...origin.causes]]
}

/** What `valuesOfParts` was given, as far as it is stored. */
export function partsOfValues(values: unknown): StoredParts {
  return isPartsValues(values) ? decoded(values) : DAMAGED
}

function decoded(values: PartsValues): StoredParts {
  const [trainee, doctor, outcome, reason, origin] = values
  return {
    parts: {
      trainee: trainee && TRAINEES.ofValues(trainee),
      doctor: doctor && DOCTORS.ofValues(doctor),
      outcome,
      reason,
    },
    origin: origin === undefined ? null : { at: origin[0], causes: origin.slice(1) as RefreshCause[] },
    isDamaged: false,
  }
}

/** The parts of a row as compact JSON text. */
export function partsToText(parts: Parts, origin?: RowOrigin): string {
  return JSON.stringify(valuesOfParts(parts, origin))
}

/** The parts to be stored: `partsToText` returned the text. */
export function partsToStore(text: string): Parts {
  return decoded(JSON.parse(text) as PartsValues).parts
}

/** What `partsToText` was given, as far as it is stored. */
export function partsOfText(text: unknown): StoredParts {
  if (typeof text !== 'string') return DAMAGED
  try {
    return partsOfValues(JSON.parse(text))
  } catch (error) {
    if (error instanceof SyntaxError) return DAMAGED
    throw error
  }
}

/** Checks types only: a code or a day that no store writes is a difference, and breaks nothing. */
function isPartsValues(values: unknown): values is PartsValues {
  if (!Array.isArray(values) || values.length < 4 || values.length > 5) return false
  const [trainee, doctor, outcome, reason, origin] = values as readonly unknown[]
  return (
    isRecord(trainee, TRAINEE_TYPES) &&
    isRecord(doctor, DOCTOR_TYPES) &&
    isTextOrNull(outcome) &&
    isTextOrNull(reason) &&
    (origin === undefined || isOrigin(origin))
  )
}

const TRAINEE_TYPES = typesOf(TRAINEE_FIELDS)
const DOCTOR_TYPES = typesOf(DOCTOR_FIELDS)

/** The types of values by position; nothing else may be null than what a record requires. */
function typesOf(
  table: Readonly<Record<string, Kind>>,
): readonly { readonly type: string; readonly isRequired: boolean }[] {
  return fieldsOf(table).map((field) => {
    const kind = table[field]
    const type = kind === 'personId' ? 'number' : kind === 'flag' ? 'boolean' : 'string'
    return { type, isRequired: kind === 'personId' || kind === 'storedId' }
  })
}

function isRecord(values: unknown, types: ReturnType<typeof typesOf>): boolean {
  if (values === null) return true
  if (!Array.isArray(values) || values.length > types.length) return false
  for (const [at, { type, isRequired }] of types.entries()) {
    // The values of newer fields are absent.
    const value: unknown = values[at] ?? null
    if (value === null ? isRequired : typeof value !== type) return false
  }
  return true
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string'
}

function isOrigin(origin: unknown): boolean {
  if (!Array.isArray(origin) || origin.length < 2) return false
  const [at, ...causes] = origin as readonly unknown[]
  return typeof at === 'number' && causes.every((cause) => typeof cause === 'string')
}
