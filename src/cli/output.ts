import type { RevalError } from '../errors/reval-error.ts'

/** What a command prints with: standard output is for what was asked for, standard error for all the rest. */
export interface Output {
  /** Whether `--json` was asked for. */
  readonly json: boolean
  /** A line for people; nothing with `--json`. */
  say(line: string): void
  /** What was asked for: as JSON with `--json`, else the lines. */
  print(value: unknown, lines: readonly string[]): void
  /** A line about the work, on standard error. */
  note(line: string): void
  /** An error, coded, with what to do. */
  fail(error: RevalError): void
}

export function createOutput({ json }: { json: boolean }): Output {
  const line = (text: string) => process.stdout.write(`${text}\n`)
  return {
    json,
    say: (text) => {
      if (!json) line(text)
    },
    print: (value, lines) => (json ? line(JSON.stringify(value, null, 2)) : lines.forEach(line)),
    note: (text) => process.stderr.write(`${text}\n`),
    fail: (error) => process.stderr.write(json ? `${JSON.stringify(errorJson(error))}\n` : errorText(error)),
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

/** Columns aligned, two spaces between them; numbers to the right. */
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

const WHOLE = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 })

/** A number as people read it: 20,000. */
export function count(value: number): string {
  return WHOLE.format(value)
}
