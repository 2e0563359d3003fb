import { comparedValue, type ComparedRow, type RowDifference } from '../domain/comparison.ts'
import { FIELDS } from '../domain/fields.ts'
import { CompressedText } from './compressed-text.ts'
import { csvLine } from './csv.ts'

// Comparisons as text, in pieces, so that memory stays flat. Nothing is given before something was read, so that an error that
// comes first stands alone. NDJSON and CSV hold values of fields, which are personal data.

type Differences = AsyncIterable<readonly RowDifference[]>
/** A difference without values. */
export type DifferingRow = Pick<RowDifference, 'kind' | 'fields'> & { readonly id: string }
type Values = Readonly<Record<string, string | number | boolean | null>>

/** The fields that the output shows of a difference: those that differ, or all that the row has. */
function shownFields({ fields, before, after }: RowDifference): readonly string[] {
  const only = after ?? before
  if (fields.length > 0 || only === null) return fields
  return FIELDS.filter((field) => comparedValue(only, field) !== null)
}

function valuesOf(row: ComparedRow | null, fields: readonly string[]): Values | null {
  return row && Object.fromEntries(fields.map((field) => [field, comparedValue(row, field)]))
}

/** One line per difference, with the values of its fields on both sides. */
export function asNdjson(differences: readonly RowDifference[]): string {
  const lines = differences.map((difference) => {
    const { id, kind, fields, before, after } = difference
    const shown = shownFields(difference)
    const line = { id, kind, fields, before: valuesOf(before, shown), after: valuesOf(after, shown) }
    return `${JSON.stringify(line)}\n`
  })
  return lines.join('')
}

/** As CSV (RFC 4180): a line for each field of a difference. Null is empty. */
export async function* csvOf(differences: Differences): AsyncGenerator<string> {
  let head = 'id,kind,field,before,after\r\n'
  for await (const some of differences) {
    yield head + some.map(csvLines).join('')
    head = ''
  }
  yield head
}

function csvLines(difference: RowDifference): string {
  const { id, kind, before, after } = difference
  const value = (row: ComparedRow | null, field: string) => (row === null ? null : comparedValue(row, field))
  const shown = shownFields(difference)
  // A row that another program wrote may have no values at all.
  if (shown.length === 0) return csvLine([id, kind, null, null, null])
  return shown.map((field) => csvLine([id, kind, field, value(before, field), value(after, field)])).join('')
}

/** As one JSON object of three arrays, without values. The items of the later arrays wait, compressed. */
export async function* jsonOf(differences: AsyncIterable<readonly DifferingRow[]>): AsyncGenerator<string> {
  const surplus = new JsonItems()
  const different = new JsonItems()
  const missing = new JsonItems()
  let head = '{"missing":['
  for await (const some of differences) {
    let now = head
    head = ''
    for (const { id, kind, fields } of some) {
      if (kind === 'missing') now += missing.next(id)
      else if (kind === 'surplus') surplus.add(id)
      else different.add({ id, fields })
    }
    yield now
  }
  yield `${head}],"surplus":[`
  yield* surplus.pieces()
  yield '],"different":['
  yield* different.pieces()
  yield ']}\n'
}

/** The items of an array, as they are found. */
class JsonItems {
  readonly #waiting = new CompressedText()
  #isFirst = true

  /** The text of the next item. */
  next(item: unknown): string {
    const separator = this.#isFirst ? '' : ','
    this.#isFirst = false
    return `${separator}${JSON.stringify(item)}`
  }

  add(item: unknown): void {
    this.#waiting.add(this.next(item))
  }

  pieces(): Iterable<string> {
    return this.#waiting.pieces()
  }
}
