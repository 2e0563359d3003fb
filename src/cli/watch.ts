import { setTimeout as wait } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import { Option } from 'commander'
import { asRevalError, type RevalError } from '../errors/reval-error.ts'
import type { CommandContext } from './command.ts'
import { EXIT } from './exit-status.ts'
import type { Output } from './output.ts'
import { cutToWidth } from './text-width.ts'

export const WATCH = new Option('--watch', 'show it again every two seconds, until interrupted')

/** What a command shows: a result for programs, and its text. */
export interface Shown {
  readonly value: unknown
  readonly lines: readonly string[]
}

type Watching = Pick<CommandContext, 'output' | 'signal' | 'exitWith' | 'watchEveryMs'>

const EVERY_MS = 2_000
const HOME = '\u001B[H'
const CLEAR_TO_END = '\u001B[J'
const CLEAR_LINE = '\u001B[K'

/**
 * Shows what `read` resolves with, once; with `watch`, again and again until the command is interrupted. On a terminal, a reading
 * replaces the last one; elsewhere, one that differs from the last is appended, with the time or as JSON on one line. A server that
 * goes away meanwhile is reported and asked again. Rejects what the first `read` rejects with; later, only what waiting does not mend.
 */
export async function show(
  { output, signal, exitWith, watchEveryMs = EVERY_MS }: Watching,
  watch: boolean | undefined,
  read: () => Promise<Shown>,
): Promise<void> {
  const first = await read()
  if (watch !== true) {
    output.print(first.value, first.lines)
    return
  }
  const draw = output.rows !== null && !output.json ? onTerminal(output, output.rows) : appending(output)
  let last = first
  let isRead = await draw(first, null)
  while (isRead && (await waited(watchEveryMs, signal))) {
    try {
      last = await read()
      isRead = await draw(last, null)
    } catch (error) {
      const coded = asRevalError(error)
      if (coded.code === 'INTERRUPTED') break
      if (!coded.transient) throw coded
      isRead = await draw(last, coded)
    }
  }
  if (signal.aborted) exitWith(EXIT.interrupted)
}

/** False if the command was interrupted. */
async function waited(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  await wait(milliseconds, undefined, { signal }).catch(() => undefined)
  return !signal.aborted
}

/** Draws a reading, or the last one and why there is no later one. False once the reader of the output is gone. */
type Draw = (shown: Shown, away: RevalError | null) => Promise<boolean>

function onTerminal(output: Output, rows: number): Draw {
  let isFirst = true
  return ({ lines }, away) => {
    const state = away === null ? '' : `, no answer: ${away.code}: ${away.message}; asking again`
    const all = [`${now()}${state}`, ...lines]
    // A line that wraps, or does not fit, would move the rest with every reading.
    const fitting = all.length < rows ? all : [...all.slice(0, rows - 2), `… ${all.length - rows + 2} more lines`]
    const shown = fitting.map((line) => `${cut(line, output.columns)}${CLEAR_LINE}\n`)
    const start = isFirst ? `${HOME}${CLEAR_TO_END}` : HOME
    isFirst = false
    return output.write(`${start}${shown.join('')}${CLEAR_TO_END}`)
  }
}

function cut(line: string, columns: number | null): string {
  const plain = stripVTControlCharacters(line)
  return columns === null || cutToWidth(plain, columns) === plain ? line : cutToWidth(plain, columns)
}

function appending(output: Output): Draw {
  let last = ''
  let isAway = false
  return async ({ value, lines }, away) => {
    if (away !== null) {
      if (!isAway) output.note(`${now()} no answer: ${away.code}: ${away.message}; asking again`)
      isAway = true
      return true
    }
    if (isAway) output.note(`${now()} answers again`)
    isAway = false
    const text = output.json ? JSON.stringify(value) : lines.join('\n')
    if (text === last) return true
    last = text
    return output.write(output.json ? `${text}\n` : `${now()}\n${text}\n`)
  }
}

const now = () => new Date().toISOString().replace(/\.\d+Z$/, 'Z')
