import type { Writable } from 'node:stream'
import type { RevalError } from '../errors/reval-error.ts'
import type { StandardStreams } from './standard-streams.ts'

/** The output of a command: results on standard output, everything else on standard error. */
export interface Output {
  /** Whether `--json` was given. */
  readonly json: boolean
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

export function createOutput(streams: StandardStreams, { json }: { json: boolean }): Output {
  const line = (text: string) => streams.print(`${text}\n`)
  return {
    json,
    say: (text) => {
      if (!json) line(text)
    },
    print: (value, lines) => (json ? line(JSON.stringify(value, null, 2)) : lines.forEach(line)),
    write: (text) => streams.writeOut(text),
    note: (text) => streams.complain(`${text}\n`),
    terminal: streams.terminal,
    fail: (error) => streams.complain(json ? `${JSON.stringify(errorJson(error))}\n` : errorText(error)),
  }
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

function errorText(error: RevalError): string {
  const faults = faultsOf(error).map(({ place, reason }) => `  ${place}: ${reason}\n`)
  return `error ${error.code}: ${error.message}\n${faults.join('')}what to do: ${error.remedy}\n`
}

/** Aligned columns, two spaces apart; numbers to the right. */
export function table(header: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string[] {
  const cells = [header, ...rows].map((row) => row.map((cell) => (cell === null ? '-' : String(cell))))
  const widths = header.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)))
  const numeric = header.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] !== 'string'))
  return cells.map((row) =>
    row
      .map((cell, column) =>
        numeric[column] === true ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
}

/** Lines of a table, below the sentence that they belong to. */
export function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`)
}

/** The id of a row. One that another program wrote may be empty or contain control characters: that is shown as JSON text. */
export function idText(id: string): string {
  return PLAIN.test(id) ? id : JSON.stringify(id).replace(UNPRINTABLE, (each) => each.split('').map(escaped).join(''))
}

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
