import type { DesignatedBodies } from '../../../domain/designated-bodies.ts'
import type { ChangesStatus } from '../../../ports/changes.ts'
import type { SyncSettings } from '../../../sync/context.ts'
import type { Table } from '../../components/table.ts'
import type { Reading } from '../../frame/reading.ts'
import { bodyName } from '../../words/bodies.ts'
import { age } from '../../words/durations.ts'
import { FIELD_WORDS, NOT_GIVEN, valueInWords } from '../../words/fields.ts'
import { counted } from '../../words/numbers.ts'
import { doctorHref, rowName } from '../lists/columns.ts'
import { MOST_FOUND, type FoundRow, type SearchResult } from './search.ts'

export interface SearchModel {
  readonly q: string
  /** Null before a search, and if there are no results. */
  readonly found: { readonly text: string; readonly table: Table } | null
  /** Null unless a search has no results. */
  readonly notFound: NotFound | null
}

export interface NotFound {
  readonly text: string
  readonly reasons: readonly string[]
  /** Where the sources are asked; null for what they cannot be asked for, such as a name. */
  readonly sources: string | null
  /** The failures that name it; null if there are none. */
  readonly failures: string | null
}

/** Why a doctor may not be found. */
export interface NotFoundFacts {
  readonly now: number
  /** How many failures name what was searched. */
  readonly failures: Reading<number>
  readonly changes: Reading<ChangesStatus | null>
  readonly trainees: SyncSettings['trainees']
  /** The kept generations, other than live, that have a row of this id. */
  readonly keptIn: readonly string[]
}

export const NO_SEARCH: SearchModel = { q: '', found: null, notFound: null }

export function foundModel(q: string, { rows, isComplete }: SearchResult, bodies: DesignatedBodies): SearchModel {
  const text = isComplete
    ? `${counted(rows.length, 'doctor')} found.`
    : `More than ${MOST_FOUND} doctors found; these are the first. Search for more of the name, or for a number.`
  return { q, found: { text, table: tableOf(rows, bodies) }, notFound: null }
}

function tableOf(rows: readonly FoundRow[], bodies: DesignatedBodies): Table {
  return {
    caption: 'Doctors found',
    isCaptionHidden: true,
    columns: [
      { text: FIELD_WORDS.gmcReferenceNumber },
      { text: 'Name' },
      { text: FIELD_WORDS.tcsPersonId },
      { text: FIELD_WORDS.designatedBody },
      { text: FIELD_WORDS.programmeName },
      { text: 'In lists' },
    ],
    rows: rows.map(({ id, document, lists }) => {
      const name = [document.doctorFirstName, document.doctorLastName].filter((each) => each !== null).join(' ')
      return [
        { text: rowName(id, document), href: doctorHref(id) },
        { text: name === '' ? NOT_GIVEN : name },
        { text: valueInWords('tcsPersonId', document.tcsPersonId, bodies) },
        { text: document.designatedBody === null ? NOT_GIVEN : bodyName(document.designatedBody, bodies) },
        { text: valueInWords('programmeName', document.programmeName, bodies) },
        { text: lists.map((list) => LISTS[list]).join(', ') },
      ]
    }),
  }
}

const LISTS = {
  doctors: 'recommendation',
  connected: 'connected',
  disconnected: 'disconnected',
  exception: 'exception',
  discrepancies: 'discrepancies',
} as const

export function notFoundModel(q: string, facts: NotFoundFacts): SearchModel {
  const isId = /^\s*(\d+|(tcs|gmc)-.+)\s*$/s.test(q)
  const hasFailures = facts.failures.known && facts.failures.value > 0
  return {
    q,
    found: null,
    notFound: {
      text: isId
        ? `No doctor in the lists has the number or id “${q}”. It may be that`
        : `No doctor in the lists has the name “${q}”. It may be that`,
      reasons: [
        ...facts.keptIn.map(
          (kept) => `the doctor has left the lists, or is not in them yet: the ${kept} generation has this row`,
        ),
        ...(isId ? [failuresWords(facts.failures)] : []),
        isId
          ? `TCS has the number differently: numbers that begin with it were looked for too, such as “${q.trim()} (old)”, and there are none`
          : 'the name is spelled differently: case, accents and apostrophes do not matter, but each word must be the start of a word of the name',
        facts.trainees === 'usable'
          ? 'TIS does not count the person as usable: only usable persons are in the lists (setting REVAL_TRAINEES)'
          : 'TCS and the GMC data do not have the doctor: all persons of TCS are in the lists (setting REVAL_TRAINEES)',
        changesWords(facts.changes, facts.now),
      ],
      sources: isId ? `/console/doctors/sources?q=${encodeURIComponent(q.trim())}` : null,
      failures: isId && hasFailures ? `/console/failures?q=${encodeURIComponent(q.trim())}` : null,
    },
  }
}

function failuresWords(failures: Reading<number>): string {
  if (!failures.known)
    return `the row failed: this is not known, because the record of failures cannot be read (${failures.reason})`
  return `the row failed: ${failures.value === 0 ? 'no failure names it' : `${counted(failures.value, 'failure names', 'failures name')} it`}`
}

function changesWords(changes: Reading<ChangesStatus | null>, now: number): string {
  const isNew = 'the doctor is new'
  if (!changes.known) return `${isNew}: whether changes come in is not known (${changes.reason})`
  if (changes.value === null)
    return `${isNew}: changes do not come in between runs here, so a run must read the sources first`
  const { paused, channels } = changes.value
  if (paused !== null) return `${isNew}: changes do not come in now (${paused.reason})`
  const last = Math.max(...Object.values(channels).map(({ lastRefreshedAt }) => lastRefreshedAt ?? -Infinity))
  const when = Number.isFinite(last) ? `the last one ${age(now - last)}` : 'none has come in yet'
  return `${isNew}: changes come in within seconds; ${when}`
}
