import type { ListName } from '../../domain/list-query.ts'
import type { ListedRow } from '../../ports/list-reader.ts'
import { csvLine, type CsvValue } from '../csv.ts'
import { CONNECTION, connectionRow, DOCTOR, doctorRow } from './answers.ts'

// Lists as CSV (RFC 4180), in pieces, so that memory stays flat.

type Row = Readonly<Record<string, string | number | null>>

/** A list as CSV, with the same fields as its JSON. */
export function listCsv(list: ListName, batches: AsyncIterable<readonly ListedRow[]>): AsyncGenerator<string> {
  return list === 'doctors'
    ? csvLines(Object.keys(DOCTOR.shape), batches, doctorRow)
    : csvLines(Object.keys(CONNECTION.shape), batches, connectionRow)
}

/** A line of names, then a line for each row. Null is empty. */
export async function* csvLines<T>(
  names: readonly string[],
  batches: AsyncIterable<readonly T[]> | Iterable<readonly T[]>,
  rowOf: (item: T) => Row,
): AsyncGenerator<string> {
  yield csvLine(names)
  for await (const batch of batches) {
    yield batch.map((item) => valuesOf(rowOf(item), names)).join('')
  }
}

/** Counts the rows of CSV that passes in pieces, which may end anywhere. */
export class CsvRowCounter {
  #lines = 0
  #isQuoted = false

  /** Without the line of names. */
  get rows(): number {
    return Math.max(0, this.#lines - 1)
  }

  read(piece: string): void {
    // A quotation mark within a value is doubled, so it toggles twice.
    for (const [mark] of piece.matchAll(/["\n]/g)) {
      if (mark === '"') this.#isQuoted = !this.#isQuoted
      else if (!this.#isQuoted) this.#lines += 1
    }
  }
}

function valuesOf(row: Row, names: readonly string[]): string {
  return csvLine(names.map((name) => unarmed(row[name] ?? null)))
}

/** The start of a text that a spreadsheet would run as a formula. */
const FORMULA = /^[=+\-@\t\r]/

function unarmed(value: CsvValue): CsvValue {
  return typeof value === 'string' && FORMULA.test(value) ? `'${value}` : value
}
