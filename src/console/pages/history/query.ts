import * as z from 'zod'
import { dayOf, type Day } from '../../../domain/day.ts'
import type { Run } from '../../../ports/run-ledger.ts'
import { isOver } from '../../../sync/run-state.ts'
import type { FieldError } from '../../frame/page.ts'
import { secondsOf } from '../../runs/progress.ts'

/** What people tell runs apart by. */
export const OUTCOMES = ['live', 'held back', 'failed', 'cancelled', 'verified'] as const
export type Outcome = (typeof OUTCOMES)[number]

const TEXT = z.string().max(20).default('')
const ONE_OR_MORE = z.union([z.string(), z.array(z.string())]).default([])

export const HISTORY_QUERY = z.object({
  state: ONE_OR_MORE,
  how: z.enum(['', 'checks', 'hand']).catch(''),
  'from-day': TEXT,
  'from-month': TEXT,
  'from-year': TEXT,
  'to-day': TEXT,
  'to-month': TEXT,
  'to-year': TEXT,
  order: z.enum(['', 'took']).catch(''),
  page: z.coerce.number().int().min(1).catch(1),
})

/** A day as it was typed. */
export interface TypedDay {
  readonly day: string
  readonly month: string
  readonly year: string
}

/** Which runs to show, and in which order. */
export interface HistoryFilter {
  /** Empty for all. */
  readonly states: readonly Outcome[]
  /** Of runs that went live: after passing their checks, or by hand. Empty for both. */
  readonly how: '' | 'checks' | 'hand'
  readonly typed: { readonly from: TypedDay; readonly to: TypedDay }
  readonly from: Day | null
  readonly to: Day | null
  readonly order: '' | 'took'
  readonly page: number
  readonly errors: readonly FieldError[]
}

export function filterOf(query: z.infer<typeof HISTORY_QUERY>): HistoryFilter {
  const given = typeof query.state === 'string' ? [query.state] : query.state
  const from = { day: query['from-day'], month: query['from-month'], year: query['from-year'] }
  const to = { day: query['to-day'], month: query['to-month'], year: query['to-year'] }
  const { how, order, page } = query
  return {
    states: OUTCOMES.filter((each) => given.includes(each)),
    how,
    typed: { from, to },
    from: typedDay(from),
    to: typedDay(to),
    order,
    page,
    errors: [...errorsOf('from', 'First day', from), ...errorsOf('to', 'Last day', to)],
  }
}

export function isFiltered({ states, how, from, to }: HistoryFilter): boolean {
  return states.length > 0 || how !== '' || from !== null || to !== null
}

const isEmpty = ({ day, month, year }: TypedDay): boolean => [day, month, year].every((part) => part.trim() === '')

function typedDay({ day, month, year }: TypedDay): Day | null {
  return dayOf(Number(year), Number(month), Number(day))
}

function errorsOf(id: string, name: string, typed: TypedDay): readonly FieldError[] {
  if (isEmpty(typed) || typedDay(typed) !== null) return []
  return [{ field: `${id}-day`, text: `${name} must be a real date, for example 26 11 2026` }]
}

/** The query of the same filter, with another page or order. */
export function hrefOf(
  { states, how, typed, order }: HistoryFilter,
  change: { page?: number; order?: string },
): string {
  const query = new URLSearchParams()
  for (const state of states) query.append('state', state)
  const days = Object.entries(typed).flatMap(([id, day]) =>
    Object.entries(day).map(([part, text]) => [`${id}-${part}`, String(text)]),
  )
  const others: readonly (readonly string[])[] = [
    ['how', how],
    ...days,
    ['order', change.order ?? order],
    ['page', change.page === undefined || change.page === 1 ? '' : String(change.page)],
  ]
  for (const [name = '', value = ''] of others) if (value !== '') query.set(name, value)
  const text = query.toString()
  return text === '' ? '/console/runs' : `/console/runs?${text}`
}

/** The runs that match, in the order asked for; given newest first. */
export function matching(runs: readonly Run[], filter: HistoryFilter): readonly Run[] {
  const found = runs.filter((run) => matches(run, filter))
  if (filter.order === '') return found
  return found.toSorted((one, other) => (secondsOf(other) ?? -1) - (secondsOf(one) ?? -1))
}

function matches(run: Run, { states, how, from, to }: HistoryFilter): boolean {
  const outcome = outcomeOf(run)
  if (states.length > 0 && (outcome === null || !states.includes(outcome))) return false
  if (how !== '' && (run.state !== 'live' || (run.decision?.action === 'promoted') !== (how === 'hand'))) return false
  return (from === null || run.day >= from) && (to === null || run.day <= to)
}

/** Null while a run is in progress. A discarded run was held back. */
export function outcomeOf({ state }: Pick<Run, 'state'>): Outcome | null {
  if (!isOver(state)) return null
  return state === 'discarded' ? 'held back' : state
}
