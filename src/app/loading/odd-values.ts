import { gmcNumber } from '../../domain/gmc-number.ts'
import type { SourceTable } from '../../ports/source-filling.ts'
import { EXPORT_FILES } from './export-files.ts'
import { shown, type ReadRow } from './row-fields.ts'

/** Why a value is suspicious: any text is allowed, but this one is probably a mistake of the export. */
export type Oddity = 'nothing' | 'invisible characters' | 'no GMC number'

/** Suspicious values of one column. They are loaded unchanged. */
export interface OddValues {
  /** The file's path in the folder, and the column by its header or the field of the document. */
  readonly file: string
  readonly column: string
  readonly looksLike: Oddity
  readonly rows: number
  /** The first of them: its line, and the value. */
  readonly line: number
  readonly example: string
}

/** Placeholders that programs and people write for an empty value. Lower case, without names of people (Na, None). */
const NOTHING = new Set([
  '\\n',
  'null',
  '(null)',
  '<null>',
  '[null]',
  'nan',
  'undefined',
  'n/a',
  '#n/a',
  'n.a.',
  '-',
  '--',
])
const LONGEST_NOTHING = 9

const PLAIN = /^[ -~]*$/
/** Control characters, zero-width marks and look-alike spaces; line ends and tabs are visible. */
const INVISIBLE = /[^\P{C}\t\n\r]|[^\S \t\n\r]/u

/** The properties that should be a GMC number. */
const NUMBERS: ReadonlySet<string> = new Set([
  'GmcDetails.gmcNumber',
  'doctorsForDB.storedId',
  'recommendation.gmcNumber',
  'exceptionLogs.storedId',
])

/** Counts the odd values of a load. */
export class OddValueCounts {
  readonly #counts = new Map<string, { -readonly [Property in keyof OddValues]: OddValues[Property] }>()

  add<T extends SourceTable>(table: T, { line, values }: ReadRow<T>): void {
    if (values === null) return
    for (const [property, value] of Object.entries<unknown>({ ...values })) {
      if (typeof value !== 'string') continue
      const looksLike = oddity(value, NUMBERS.has(`${table}.${property}`))
      if (looksLike !== null) this.#count(table, property, { looksLike, line, value })
    }
  }

  /** In the order in which they were met. */
  all(): OddValues[] {
    return [...this.#counts.values()]
  }

  #count(
    table: SourceTable,
    property: string,
    { looksLike, line, value }: { readonly looksLike: Oddity; readonly line: number; readonly value: string },
  ): void {
    const key = `${table} ${property} ${looksLike}`
    const known = this.#counts.get(key)
    if (known !== undefined) {
      known.rows += 1
      return
    }
    const column = property === 'storedId' ? '_id' : property
    // Escaped, so that what cannot be seen is seen.
    const example = shown(value).replaceAll(/[^ -~]/gu, escaped)
    this.#counts.set(key, { file: EXPORT_FILES[table], column, looksLike, rows: 1, line, example })
  }
}

function escaped(character: string): string {
  if (/[\p{L}\p{N}\p{P}\p{S}]/u.test(character)) return character
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
}

function oddity(value: string, isNumber: boolean): Oddity | null {
  const trimmed = value.trim()
  if (trimmed === '') return null
  if (trimmed.length <= LONGEST_NOTHING && NOTHING.has(trimmed.toLowerCase())) return 'nothing'
  if (!PLAIN.test(trimmed) && INVISIBLE.test(trimmed)) return 'invisible characters'
  return isNumber && gmcNumber(value) === null ? 'no GMC number' : null
}
