import type { CsvRecord } from './csv-records.ts'
import { firstLine } from './first-line.ts'
import { shown } from './row-fields.ts'
import { UnreadableExport } from './unreadable-export.ts'

/** Where a file of CSV has its columns. */
export interface CsvHeader {
  readonly width: number
  readonly positions: ReadonlyMap<string, number>
}

/** How much of a header is shown. */
const MOST_SHOWN = 100

/** What programs separate columns with when it is not a comma. */
const OTHER_DELIMITERS: Readonly<Record<string, string>> = {
  ';': 'semicolons',
  '\t': 'tabs',
  '|': 'vertical bars',
}

/**
 * Throws `UnreadableExport` if the file begins with anything but a header in which commas separate the columns. Asked
 * before the file is parsed: the quotes of another form would be called wrong.
 */
export function refuseOtherCsv(beginning: string, names: readonly string[]): void {
  const { line, text } = firstLine(beginning)
  const reason = text === null ? 'the file is empty, without even a header' : otherForm(text, names)
  if (reason !== null) throw new UnreadableExport([{ line, column: null, reason }])
}

function otherForm(text: string, names: readonly string[]): string | null {
  const hasColumns = (delimiter: string) => namesIn(text.split(delimiter)).some((name) => names.includes(name))
  if (text.includes('\r')) return 'lines end with a carriage return only. Export with line feeds'
  if (hasColumns(',')) return null
  const delimiter = Object.keys(OTHER_DELIMITERS).find(hasColumns)
  if (delimiter === undefined) {
    const none = `none of the columns ${names.join(', ')}`
    return `the file begins with ${shown(text)}, not a header: ${none}. Export the table with a header`
  }
  const separated = `${OTHER_DELIMITERS[delimiter] ?? delimiter} separate the columns of ${shown(text, MOST_SHOWN)}`
  return `${separated}. Export the table with commas`
}

function namesIn(parts: readonly string[]): string[] {
  return parts.map((part) => part.trim().replace(/^"(.*)"$/, '$1'))
}

/** Throws `UnreadableExport` if a column is missing, or there twice. */
export function headerOf({ line, cells }: CsvRecord, names: readonly string[]): CsvHeader {
  const faults = names.flatMap((name) => {
    const reason = headerFault(cells, name)
    return reason === null ? [] : [{ line, column: name, reason }]
  })
  if (faults.length > 0) throw new UnreadableExport(faults)
  return { width: cells.length, positions: new Map(names.map((name) => [name, cells.indexOf(name)])) }
}

function headerFault(cells: readonly string[], name: string): string | null {
  const first = cells.indexOf(name)
  if (first < 0) return `column missing in the header: ${shown(cells.join(','), MOST_SHOWN)}`
  return cells.includes(name, first + 1) ? 'duplicate column in the header' : null
}
