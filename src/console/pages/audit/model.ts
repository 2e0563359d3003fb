import * as z from 'zod'
import type { AuditEntry } from '../../../ports/audit.ts'
import type { Cell, Table } from '../../components/table.ts'
import type { Choice } from '../../words/bodies.ts'
import { fullInstant } from '../../words/instants.ts'
import { count, counted } from '../../words/numbers.ts'
import { runPath } from '../../runs/run-name.ts'
import { doctorHref } from '../lists/columns.ts'
import { actionWords, AUDITED_ACTIONS } from './actions.ts'
import { auditHref, type AuditAddress } from './audit-address.ts'
import type { AuditPage } from './read-audit.ts'

export interface AuditModel {
  readonly who: string
  readonly actions: readonly Choice[]
  readonly from: string
  readonly to: string
  /** Null if nothing is filtered. */
  readonly clear: string | null
  /** Null while a day has an error. */
  readonly found: {
    readonly table: Table | null
    /** Why there is no entry; null if there are some. */
    readonly empty: string | null
    readonly note: string | null
    /** Null on the first page. */
    readonly newest: string | null
    readonly older: string | null
    readonly download: string | null
  } | null
}

export function auditForm({ who, what, from, to }: AuditAddress): AuditModel {
  const isFiltered = [who, what, from, to].some((value) => value !== '')
  return {
    who,
    actions: [{ id: '', words: 'All' }, ...AUDITED_ACTIONS].map(({ id, words }) => ({
      value: id,
      text: words,
      selected: id === what,
    })),
    from,
    to,
    clear: isFiltered ? '/console/audit' : null,
    found: null,
  }
}

export function auditModel(address: AuditAddress, { entries, next, isCut }: AuditPage): AuditModel {
  const first = { ...address, before: '' }
  return {
    ...auditForm(address),
    found: {
      table: entries.length === 0 ? null : tableOf(entries),
      empty: entries.length === 0 ? emptyText(address, isCut) : null,
      note: isCut ? `Only part of this time was looked through: ${NARROW}.` : null,
      newest: address.before === '' ? null : auditHref(first),
      older: next === null ? null : auditHref({ ...address, before: next }),
      download: entries.length === 0 ? null : auditHref(first, '/download'),
    },
  }
}

const NARROW = 'choose fewer days, or look further back'

function emptyText({ who, what, from, to, before }: AuditAddress, isCut: boolean): string {
  if (isCut) return 'No entry found so far.'
  if (before !== '') return 'There are no older entries.'
  return [who, what, from, to].every((value) => value === '')
    ? 'Nothing is on record yet.'
    : 'Nothing of this kind was done in this time.'
}

function tableOf(entries: readonly AuditEntry[]): Table {
  return {
    caption: counted(entries.length, 'entry', 'entries'),
    isCaptionHidden: true,
    columns: [
      { text: 'When' },
      { text: 'Who' },
      { text: 'What' },
      { text: 'On' },
      { text: 'From' },
      { text: 'Result' },
    ],
    rows: entries.map((entry) => [
      { time: fullInstant(entry.at, 'seconds') },
      { text: entry.who, lines: entry.roles },
      { text: actionWords(entry.what), lines: entry.why === '' ? [] : [`Why: ${entry.why}`] },
      subjectCell(entry),
      fromCell(entry.from),
      resultCell(entry),
    ]),
  }
}

const SUBJECT = z.record(z.string(), z.unknown())
/** Downloads may name thousands of keys; the CSV has all of them. */
const MOST_LINES = 6
const LONGEST_LINE = 120

/** What an entry is about, with a link where it has a page. */
function subjectCell({ subject, what }: AuditEntry): Cell {
  if (subject === null) return { text: 'The installation' }
  const fields = fieldsIn(subject)
  if (fields === null) return { text: cut(subject), ...(isRunId(subject) && { href: runPath(subject) }) }
  const { rowId, id, ...others } = fields
  const row = rowId ?? rowIn(others.q)
  const lines = Object.entries(others).map(([name, value]) => cut(`${NAMES[name] ?? name}: ${textOf(value)}`))
  const shown = [
    ...lines.slice(0, MOST_LINES),
    ...(lines.length > MOST_LINES ? [`and ${count(lines.length - MOST_LINES)} more`] : []),
  ]
  if (typeof row === 'string') return { text: cut(row), href: doctorHref(row), lines: rowId === undefined ? [] : shown }
  if (typeof id === 'string' && what.includes('/runs/')) return { text: cut(id), href: runPath(id), lines: shown }
  return { lines: id === undefined ? shown : [cut(`id: ${textOf(id)}`), ...shown] }
}

/** What was searched, if it is a row id. */
function rowIn(q: unknown): string | undefined {
  return typeof q === 'string' && /^(tcs|gmc)-/.test(q) ? q : undefined
}

const NAMES: Readonly<Record<string, string>> = { q: 'search', searchQuery: 'search', as: 'as seen by', dbcs: 'bodies' }

/** A subject is a text or JSON, which may be cut short. */
function fieldsIn(subject: string): Readonly<Record<string, unknown>> | null {
  if (!subject.startsWith('{')) return null
  try {
    return SUBJECT.parse(JSON.parse(subject))
  } catch {
    // Cut short: it is shown as it is.
    return null
  }
}

/** As `newRunId` makes them. */
function isRunId(text: string): boolean {
  return /^\d{8}t\d{6}-[a-z0-9]+$/.test(text)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function cut(text: string): string {
  const points = Array.from(text)
  return points.length > LONGEST_LINE ? `${points.slice(0, LONGEST_LINE).join('')}…` : text
}

function fromCell(from: string): Cell {
  const [, via = '', where = ''] = /^(HTTP|console|command line on) (.*)$/s.exec(from) ?? []
  if (via === '') return { text: from }
  return { text: VIA[via] ?? via, lines: [where] }
}

const VIA: Readonly<Record<string, string>> = {
  HTTP: 'API',
  console: 'Console',
  'command line on': 'Command line',
}

function resultCell({ result }: AuditEntry): Cell {
  if (result === null) return { text: 'Not known', lines: ['It has not ended, or its process stopped'] }
  const { outcome, code, rows } = result
  const lines = [...(code === null ? [] : [code]), ...(rows === null ? [] : [counted(rows, 'row')])]
  return { text: OUTCOMES[outcome], lines }
}

const OUTCOMES = { done: 'Done', refused: 'Refused', failed: 'Failed' } as const

/** The columns of the download, and their values. */
export const AUDIT_COLUMNS = [
  'at',
  'who',
  'roles',
  'from',
  'action',
  'what',
  'subject',
  'why',
  'outcome',
  'code',
  'rows',
  'endedAt',
]

export function auditRow({ at, who, roles, from, what, subject, why, result }: AuditEntry) {
  return {
    at: new Date(at).toISOString(),
    who,
    roles: roles.join(' '),
    from,
    action: actionWords(what),
    what,
    subject,
    why,
    outcome: result?.outcome ?? null,
    code: result?.code ?? null,
    rows: result?.rows ?? null,
    endedAt: result === null ? null : new Date(result.at).toISOString(),
  }
}
