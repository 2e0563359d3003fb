import { isDay, type Day } from '../domain/day.ts'
import { RevalError } from '../errors/reval-error.ts'
import { kindOfDigest } from './digest.ts'

/** What a command carries beside its body: the run, the generation it fills, and the day of the rules. */
export interface CommandHeaders {
  readonly kind: 'command'
  readonly run: string
  readonly generation: string
  readonly day: Day
}

/** Which message of a sender's attempt this is. */
export interface DataHeaders {
  readonly kind: 'data'
  readonly run: string
  readonly generation: string
  readonly attempt: string
  /** From 1. */
  readonly sequence: number
  /** Rows in the message, at least 1. */
  readonly rows: number
  /** Of the rows as the sender has them; null if the sender sent none, or one of another version. */
  readonly digest: string | null
}

/** What a sender reports at its end; the totals do not count the end message itself. */
export interface EndHeaders {
  readonly kind: 'end'
  readonly run: string
  readonly generation: string
  readonly attempt: string
  readonly totals: { readonly messages: number; readonly rows: number; readonly failedRows: number }
}

/** The position of a message in a run. It travels beside the body, which stays as the reference defines it. */
export type RunHeaders = CommandHeaders | DataHeaders | EndHeaders

/** At most seven are set on one message: SQS carries ten attributes, and the reference sets three of its own. */
const NAMES = {
  kind: 'reval-kind',
  run: 'reval-run',
  generation: 'reval-generation',
  day: 'reval-day',
  attempt: 'reval-attempt',
  sequence: 'reval-sequence',
  rows: 'reval-rows',
  digest: 'reval-digest',
  messages: 'reval-messages',
  failedRows: 'reval-failed-rows',
} as const
type Name = keyof typeof NAMES

type Attributes = Readonly<Record<string, string>>

/** The headers as AMQP headers or SQS message attributes, all of them text. */
export function encodeHeaders(headers: RunHeaders): Record<string, string> {
  const common = {
    [NAMES.kind]: headers.kind,
    [NAMES.run]: headers.run,
    [NAMES.generation]: headers.generation,
  }
  switch (headers.kind) {
    case 'command':
      return { ...common, [NAMES.day]: headers.day }
    case 'data':
      return {
        ...common,
        [NAMES.attempt]: headers.attempt,
        [NAMES.sequence]: String(headers.sequence),
        [NAMES.rows]: String(headers.rows),
        ...(headers.digest === null ? {} : { [NAMES.digest]: headers.digest }),
      }
    case 'end':
      return {
        ...common,
        [NAMES.attempt]: headers.attempt,
        [NAMES.messages]: String(headers.totals.messages),
        [NAMES.rows]: String(headers.totals.rows),
        [NAMES.failedRows]: String(headers.totals.failedRows),
      }
  }
}

/**
 * The run headers among a message's attributes; null when there are none, as from a service of the reference. Other
 * attributes are ignored, also those that a newer sender adds. Throws `RevalError` MESSAGE_HEADERS_INVALID (details:
 * field, reason) where they are incomplete or malformed.
 */
export function decodeHeaders(attributes: Attributes): RunHeaders | null {
  if (!Object.values(NAMES).some((name) => attributes[name] !== undefined)) return null
  const kind = textOf(attributes, 'kind')
  const run = textOf(attributes, 'run')
  const generation = textOf(attributes, 'generation')
  switch (kind) {
    case 'command':
      return { kind, run, generation, day: dayOf(attributes) }
    case 'data': {
      const attempt = textOf(attributes, 'attempt')
      return {
        kind,
        run,
        generation,
        attempt,
        sequence: countOf(attributes, 'sequence', 1),
        rows: countOf(attributes, 'rows', 1),
        digest: digestIn(attributes),
      }
    }
    case 'end': {
      const attempt = textOf(attributes, 'attempt')
      const messages = countOf(attributes, 'messages', 0)
      const rows = countOf(attributes, 'rows', 0)
      return {
        kind,
        run,
        generation,
        attempt,
        totals: { messages, rows, failedRows: countOf(attributes, 'failedRows', 0) },
      }
    }
    default:
      throw invalid('kind', `expected one of command, data, end, got "${kind.slice(0, 40)}"`)
  }
}

function textOf(attributes: Attributes, name: Name): string {
  const value = attributes[NAMES[name]]
  if (value === undefined) throw invalid(name, 'missing, although other run headers are set')
  if (value.trim() === '') throw invalid(name, 'is blank')
  return value
}

function dayOf(attributes: Attributes): Day {
  const text = textOf(attributes, 'day')
  if (!isDay(text)) throw invalid('day', `expected a day (YYYY-MM-DD), got "${text.slice(0, 40)}"`)
  return text
}

function countOf(attributes: Attributes, name: Name, least: 0 | 1): number {
  const text = textOf(attributes, name)
  const count = /^(?:0|[1-9]\d*)$/.test(text) ? Number(text) : NaN
  if (Number.isSafeInteger(count) && count >= least) return count
  throw invalid(name, `expected a whole number from ${least}, got "${text.slice(0, 40)}"`)
}

/** A digest of another version cannot be compared: the message counts as one without a digest. */
function digestIn(attributes: Attributes): string | null {
  if (attributes[NAMES.digest] === undefined) return null
  const text = textOf(attributes, 'digest')
  const kind = kindOfDigest(text)
  if (kind === 'none') throw invalid('digest', `not a digest: "${text.slice(0, 40)}"`)
  return kind === 'comparable' ? text : null
}

function invalid(name: Name, reason: string): RevalError {
  const field = NAMES[name]
  return new RevalError('MESSAGE_HEADERS_INVALID', `${field}: ${reason}`, { details: { field, reason } })
}
