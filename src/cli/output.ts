import type { Writable } from 'node:stream'
import type { Environment } from '../config/read-settings.ts'
import { RevalError } from '../errors/reval-error.ts'
import { PAINTED, UNPAINTED, type Paint } from './colour.ts'
import type { StandardStreams } from './standard-streams.ts'
import { cutToWidth, textWidth } from './text-width.ts'

/** The output of a command: results on standard output, everything else on standard error. */
export interface Output {
  /** Whether `--json` was given. */
  readonly json: boolean
  /** Columns of the terminal; null if standard output is none. */
  readonly columns: number | null
  /** Lines of the terminal; null if standard output is none. */
  readonly rows: number | null
  /** Colours a text for standard output, if it may have colours. */
  readonly paint: Paint
  /** Prints a line for people; nothing with `--json`. */
  say(line: string): void
  /** Prints the result: as JSON with `--json`, otherwise the lines. */
  print(value: unknown, lines: readonly string[]): void
  /**
   * Writes a piece of a long result as fast as its reader reads. False once the reader is gone. Rejects OUTPUT_FAILED.
   */
  write(text: string): Promise<boolean>
  /** Prints a line about the work, on standard error. */
  note(line: string): void
  /** Prints an error with its code and remedy. */
  fail(error: RevalError): void
  /** Standard error, if it is a terminal. */
  readonly terminal: Writable | null
}

export interface OutputOptions {
  readonly json: boolean
  /** False if the options forbid colours. */
  readonly color?: boolean
  /** Its variables decide about colours. */
  readonly environment?: Environment
}

export function createOutput(
  streams: StandardStreams,
  { json, color = true, environment = {} }: OutputOptions,
): Output {
  const colours = color ? streams.colours(environment) : { out: false, err: false }
  const paintError = colours.err ? PAINTED : UNPAINTED
  const line = (text: string) => streams.print(`${text}\n`)
  return {
    json,
    columns: streams.columns,
    rows: streams.rows,
    paint: colours.out && !json ? PAINTED : UNPAINTED,
    say: (text) => {
      if (!json) line(text)
    },
    print: (value, lines) => (json ? line(JSON.stringify(value, null, 2)) : lines.forEach(line)),
    write: (text) => streams.writeOut(text),
    note: (text) => streams.complain(`${text}\n`),
    terminal: streams.terminal,
    fail: (error) => streams.complain(json ? `${JSON.stringify(errorJson(error))}\n` : errorText(error, paintError)),
  }
}

/**
 * Writes pieces of a long result as they come. False if the reader is gone before the last. Rejects OUTPUT_FAILED, and INTERRUPTED
 * once the signal is aborted.
 */
export async function writePieces(
  pieces: AsyncIterable<string>,
  output: Pick<Output, 'write'>,
  signal?: AbortSignal,
): Promise<boolean> {
  for await (const piece of pieces) {
    if (signal?.aborted === true) throw new RevalError('INTERRUPTED', 'interrupted before everything was written')
    if (piece !== '' && !(await output.write(piece))) return false
  }
  return true
}

function errorJson({ code, message, remedy, details }: RevalError) {
  return { error: { code, message, remedy, details } }
}

interface FaultLine {
  readonly place: string
  readonly reason: string
}

/** The faults of an error that lists several: settings, or lines of exports. */
function faultsOf({ details }: RevalError): FaultLine[] {
  if (!Array.isArray(details.faults)) return []
  return (details.faults as readonly Record<string, unknown>[]).map((fault) => {
    const at = [fault.setting, fault.file, fault.line, fault.column].filter(
      (each) => each !== undefined && each !== null,
    )
    return { place: at.map(String).join(':'), reason: String(fault.reason) }
  })
}

function errorText(error: RevalError, paint: Paint): string {
  const faults = faultsOf(error).map(({ place, reason }) => `  ${forTerminal(`${place}: ${reason}`)}\n`)
  return `${paint('red', `error ${error.code}`)}: ${forTerminal(error.message)}\n${faults.join('')}what to do: ${error.remedy}\n`
}

/** How a table fits into a terminal. */
export interface TableFit {
  /** Columns of the terminal. */
  readonly columns: number
  /** The headers of what may be cut, widest first; the rest is not, even if lines become too long. */
  readonly cut: readonly string[]
}

/** Aligned columns, two spaces apart; numbers to the right. */
export function table(
  header: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
  fit?: TableFit,
  /** Colours a cell, by its row and column from 0. */
  painted: (cell: string, row: number, column: number) => string = (cell) => cell,
): string[] {
  const cells = [header, ...rows].map((row) => row.map(cellText))
  const wanted = header.map((_, column) => Math.max(...cells.map((row) => textWidth(row[column] ?? ''))))
  const widths = fit === undefined ? wanted : fitted(header, wanted, fit)
  const isOf = (column: number, type: string) => (row: (typeof rows)[number]) => typeof row[column] === type
  const numeric = header.map((_, column) => rows.some(isOf(column, 'number')) && !rows.some(isOf(column, 'string')))
  return cells.map((row, line) =>
    row
      .map((cell, column) => {
        const shown = cutToWidth(cell, widths[column] ?? 0)
        const space = ' '.repeat((widths[column] ?? 0) - textWidth(shown))
        const cellShown = line === 0 ? shown : painted(shown, line - 1, column)
        return numeric[column] === true ? space + cellShown : cellShown + space
      })
      .join('  ')
      .trimEnd(),
  )
}

/** A cell on one line; a control character of a source must not reach a terminal. */
function cellText(cell: string | number | null): string {
  return cell === null ? '-' : printable(String(cell))
}

const LEAST_WIDTH = 6

function fitted(header: readonly string[], widths: readonly number[], { columns, cut }: TableFit): readonly number[] {
  const narrowed = [...widths]
  const gaps = 2 * (widths.length - 1)
  for (let excess = widths.reduce((sum, each) => sum + each, gaps) - columns; excess > 0; excess -= 1) {
    const widest = Math.max(...narrowed.filter((_, column) => cut.includes(header[column] ?? '')))
    if (widest <= LEAST_WIDTH) break
    narrowed[narrowed.findIndex((width, column) => width === widest && cut.includes(header[column] ?? ''))] = widest - 1
  }
  return narrowed
}

/** Lines of a table, below the sentence that they belong to. */
export function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`)
}

/** The id of a row. One that another program wrote may be empty or contain control characters: that is shown as JSON text. */
export function idText(id: string): string {
  return PLAIN.test(id) ? id : printable(JSON.stringify(id))
}

/** The text with its control and format characters escaped. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (each) => each.split('').map(escaped).join(''))
}

/** The text of an error, of several lines perhaps: another installation may have sent it. */
const forTerminal = (text: string) => text.split('\n').map(printable).join('\n')

const PLAIN = /^[^\s\p{C}"]+(?: [^\s\p{C}"]+)*$/u
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu
const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

/** The most names of fields in a line of text; `--json` has all. */
const MOST_NAMES = 5

/** Names of fields, as many as fit on a line. */
export function fieldNames(names: readonly string[]): string {
  if (names.length <= MOST_NAMES + 1) return names.join(', ')
  return `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more`
}

const WHOLE = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 })

/** A number as people read it: 20,000. */
export function count(value: number): string {
  return WHOLE.format(value)
}
