import type * as z from 'zod'
import type { FAILURE_LIST, REPLAYED, SHOWN_FAILURE } from '../app/json/failures.ts'
import { count, table } from './output.ts'

type FailureList = z.infer<typeof FAILURE_LIST>
type Replayed = z.infer<typeof REPLAYED>['replayed']

const KEYS_SHOWN = 3
const DECISIONS_SHOWN = 5

function keysOf({ keys }: { readonly keys: readonly string[] }): string {
  const more = keys.length - KEYS_SHOWN
  return `${keys.slice(0, KEYS_SHOWN).join(' ')}${more > 0 ? ` +${count(more)}` : ''}`
}

/** Failures as text, one per line. */
export function failureLines({ total, failures }: Omit<FailureList, 'decisions'>): string[] {
  if (total === 0) return ['No failures']
  const rows = failures.map((each) => {
    const where = each.generation ?? 'dead letter'
    return [each.id, where, each.at, each.code, keysOf(each), each.reason]
  })
  const more = total - failures.length
  return [
    ...table(['id', 'of', 'at', 'code', 'keys', 'reason'], rows),
    ...(more > 0 ? [`and ${count(more)} more`] : []),
  ]
}

/** The latest decisions as text, newest first. */
export function decisionLines(decisions: FailureList['decisions']): string[] {
  return decisions.slice(0, DECISIONS_SHOWN).map(({ action, what, by, why, at }) => {
    const reason = why === '' ? '' : `: ${why}`
    return `${new Date(at).toISOString()} ${action} ${count(what.length)} by ${by}${reason}`
  })
}

export function shownLines(failure: z.infer<typeof SHOWN_FAILURE>): string[] {
  const { id, generation, at, code, reason, keys } = failure
  const attributes = Object.entries(failure.message?.attributes ?? {}).map(([name, value]) => `  ${name}: ${value}`)
  return [
    id,
    `of: ${generation ?? 'dead letter'}`,
    `at: ${at ?? 'unknown'}`,
    `code: ${code}`,
    `reason: ${reason}`,
    `keys: ${keys.length === 0 ? 'none' : keys.join(' ')}`,
    ...(failure.message === null ? [] : ['message:', ...attributes, failure.message.body]),
  ]
}

const OUTCOMES: Readonly<Record<Replayed[number]['outcome'], string>> = {
  done: 'done, removed',
  failed: 'failed again',
  'no keys': 'no keys to refresh: discard it; the next sync includes the change',
  'left to the run': 'live is up to date; the run in progress refreshes it before it goes live',
}

export function replayedLines(replayed: Replayed): string[] {
  if (replayed.length === 0) return ['No failures to replay']
  return replayed.map(({ id, outcome, code }) => `${id}: ${OUTCOMES[outcome]}${code === null ? '' : `: ${code}`}`)
}
