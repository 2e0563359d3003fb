import { entryOf } from './fields.ts'
import { CODED_FIELDS, MOST_VALUES, type CodedField, type Profile } from './profile.ts'
import type { LikenessFinding, LikenessSettings } from './likeness.ts'
import { judgeCount, type Bounds, type Scale } from './likeness-counts.ts'
import { compareByCodePoint } from './text.ts'

type Counts = Readonly<Record<string, number>>

/** Rows of each GMC body: half or all of them gone holds back, unless another body took their place. */
export function bodyFindings(
  now: Profile,
  before: Profile,
  settings: LikenessSettings,
  scale: Scale,
): LikenessFinding[] {
  const bounds: Bounds = { less: settings.lose, more: Infinity, zero: 'held back' }
  const values = new TwoCounts(before.bodies, now.bodies)
  return findingsOf(
    values,
    (body) => `rows of body ${body}`,
    () => bounds,
    settings.recoded,
    scale,
  )
}

/**
 * Rows of each coded value: a tenth more or fewer is warned of; a missing place or common value holds back.
 * - Places are regions: they are renamed, but do not come and go.
 * - Types are written by hand: they are renamed, and a rare one may end with the academic year.
 * - Statuses are fixed values that doctors move through, sometimes all doctors of a rare one in one day.
 * The connection status is judged by the rows of the lists.
 */
export function codeFindings(
  now: Profile,
  before: Profile,
  settings: LikenessSettings,
  scale: Scale,
): LikenessFinding[] {
  const held: Bounds = { less: Infinity, more: Infinity, zero: 'held back' }
  const warned: Bounds = { ...held, zero: 'warned' }

  const ofField = (field: CodedField, boundsOf: (rows: number) => Bounds, recoded: number): LikenessFinding[] => {
    const values = new TwoCounts(before.codes[field], now.codes[field])
    return findingsOf(values, (value) => `rows with ${field} ${value}`, boundsOf, recoded, scale)
  }
  const ofCommon = (field: CodedField) => (rows: number) =>
    rows >= settings.common * before.fields[field] ? held : warned

  return [
    ...fieldsOfCodes('place').flatMap((field) => ofField(field, () => held, settings.recoded)),
    ...fieldsOfCodes('type').flatMap((field) => ofField(field, ofCommon(field), settings.recoded)),
    ...fieldsOfCodes('status').flatMap((field) => ofField(field, ofCommon(field), NEVER)),
  ]
}

function fieldsOfCodes(meaning: 'place' | 'type' | 'status'): readonly CodedField[] {
  return CODED_FIELDS.filter((field) => entryOf(field).codes === meaning)
}

/** No two figures differ by less: nothing counts as re-coded. */
const NEVER = -1

function findingsOf(
  values: TwoCounts,
  figureOf: (value: string) => string,
  boundsOf: (rowsBefore: number) => Bounds,
  tolerance: number,
  scale: Scale,
): LikenessFinding[] {
  const recoded = recodings(values, tolerance, scale.floor)
  const successors = new Set(recoded.values())
  return values.names.flatMap((value): LikenessFinding[] => {
    const [before, now] = [values.before(value), values.now(value)]
    const successor = recoded.get(value)
    if (successor !== undefined) {
      const why = `re-coded as ${successor}, which has ${values.now(successor)} rows`
      return [{ figure: figureOf(value), before, now, verdict: 'warned', why }]
    }
    if (successors.has(value)) return []
    const finding = judgeCount(figureOf(value), before, now, boundsOf(before), scale)
    return finding === null ? [] : [finding]
  })
}

/**
 * Each vanished value that was large enough to be judged, with the new value of about its size that replaced it. The
 * largest is matched first, with the nearest in size.
 */
function recodings(values: TwoCounts, tolerance: number, floor: number): ReadonlyMap<string, string> {
  const gone = values.gone().filter((value) => values.before(value) - values.now(value) >= floor)
  const came = new Set(values.came())
  const found = new Map<string, string>()
  for (const value of gone.toSorted((a, b) => values.before(b) - values.before(a))) {
    const rows = values.before(value)
    const apart = (other: string): number => Math.abs(values.now(other) - rows) / rows
    const [nearest] = [...came].filter((other) => apart(other) <= tolerance).sort((a, b) => apart(a) - apart(b))
    if (nearest === undefined) continue
    found.set(value, nearest)
    came.delete(nearest)
  }
  return found
}

/** The rows of each value in two profiles. */
class TwoCounts {
  /** The values of both profiles, by code point. */
  readonly names: readonly string[]
  readonly #before: ReadonlyMap<string, number>
  readonly #now: ReadonlyMap<string, number>

  constructor(before: Counts, now: Counts) {
    this.#before = present(before)
    this.#now = present(now)
    this.names = [...new Set([...this.#before.keys(), ...this.#now.keys()])].sort(compareByCodePoint)
  }

  /** Values only in the earlier profile. */
  gone(): string[] {
    return this.names.filter((value) => !this.#now.has(value))
  }

  /** Values only in the new profile. */
  came(): string[] {
    return this.names.filter((value) => !this.#before.has(value))
  }

  before(value: string): number {
    return this.#before.get(value) ?? fewest(this.#before)
  }

  now(value: string): number {
    return this.#now.get(value) ?? fewest(this.#now)
  }
}

function present(counts: Counts): ReadonlyMap<string, number> {
  return new Map(Object.entries(counts).filter(([, rows]) => rows > 0))
}

/** The most rows that an unlisted value can have: as many as the rarest listed one, if the list is full. */
function fewest(counts: ReadonlyMap<string, number>): number {
  return counts.size < MOST_VALUES ? 0 : Math.min(...counts.values())
}
