import { answerOf } from '../../domain/list-reasons.ts'
import type { TableDifference } from '../../domain/table-difference.ts'
import { ERROR_CODES } from '../../errors/codes.ts'
import type { RefreshCause } from '../../ports/changes.ts'
import type { RefusedRow } from '../refresh/wanted-rows.ts'
import type { Explanation } from './explanation.ts'
import { tableSentences } from './table-drift.ts'

/** The answer in sentences, the most important one first. */
export function answerTo(explanation: Explanation): readonly string[] {
  const { live, tables } = explanation
  const drift = tables.isKnown
    ? tableSentences(tables.value, repairWords(tables.value))
    : [`Whether the tables are as the master requires is not known: ${tables.reason}.`]
  return [...drift, ...answerByMaster(explanation, live)]
}

function repairWords(differences: readonly TableDifference[]): string {
  const ids = [...new Set(differences.map(({ id }) => id))].join(' ')
  return `To repair it: reval resync ${ids}; to find and repair all such rows: reval verify --repair --rows.`
}

function answerByMaster(explanation: Explanation, live: Explanation['live']): readonly string[] {
  const [first] = live
  if (first === undefined) return [inNoList(explanation), ...sourceSentences(explanation)]
  const state = [...refusedSentences(explanation), ...refreshSentences(explanation), ...sourceSentences(explanation)]
  if (live.length === 1) return [...answerOf(first.lists), ...state]
  // Rows that share a number are mostly in the same lists.
  const alike = Map.groupBy(live, ({ lists }) => answerOf(lists).join(' '))
  return [
    `${live.length} rows in the lists.`,
    ...sharedSentences(explanation),
    ...[...alike].map(([sentences, rows]) => `${rows.map(({ id }) => id).join(', ')}: ${sentences}`),
    ...state,
  ]
}

/** Records that have no row, or no part of one, because a rule refuses them. */
function refusedSentences({ resync }: Explanation): string[] {
  const refused = resync.isKnown ? resync.value.refused : []
  return refused.map((each) => `${sentence(refusedWords(each))}.`)
}

function refusedWords({ key, reason, code }: RefusedRow): string {
  return `the record ${key} is refused: ${reason}. ${ERROR_CODES[code].replace(/\.$/, '')}`
}

function sharedSentences({ shared }: Explanation): string[] {
  return shared.map(
    ({ number, personIds }) =>
      `Persons ${personIds.join(', ')} of TCS have the same GMC number, ${number}: each has a row.`,
  )
}

/** Which rows were refreshed since their run wrote them. */
function refreshSentences({ generations }: Explanation): string[] {
  const rows = generations.find(({ kept }) => kept === 'live')?.rows
  if (rows?.isKnown !== true) return []
  return rows.value.flatMap(({ row, origin }) =>
    origin === null
      ? []
      : [`${row.id} was last written ${new Date(origin.at).toISOString()}, by ${causesWords(origin.causes)}.`],
  )
}

const CAUSES: Readonly<Record<RefreshCause, string>> = {
  traineeChanged: 'a change of TCS',
  doctorChanged: "a change of the GMC's doctors",
  recommendationChanged: 'a change of recommendations',
  reasons: 'the comparison of exception reasons',
  resync: 'a resync',
  'catching up': 'its run, catching up',
  repair: 'a repair',
}

/** Why a row was refreshed. */
export function causesWords(causes: readonly RefreshCause[]): string {
  return causes.map((cause) => CAUSES[cause]).join(' and ')
}

/** Why none of the lists has a row. */
function inNoList(explanation: Explanation): string {
  const { key, generations, resync } = explanation
  if (!explanation.isKnown) {
    const away = unreadable(explanation)
    return `Nothing is known of ${key.trim()}${away.length === 0 ? ': it is in no list' : `, but ${away.join(' and ')} cannot be read now`}.`
  }
  const live = generations.find(({ kept }) => kept === 'live')
  if (live === undefined) return 'In no list: nothing is live yet.'
  if (!live.rows.isKnown) return `Not known: the rows of the live generation cannot be read (${live.rows.reason}).`
  return `In no list: ${refused(explanation) ?? excludedWords(explanation) ?? (resync.isKnown ? known(explanation) : unread(explanation))}.`
}

function refused({ resync, failures }: Explanation): string | null {
  const [now] = resync.isKnown ? resync.value.refused : []
  const failed = now ?? failures.find(({ of }) => of === 'live')
  return failed === undefined ? null : refusedWords(failed)
}

function excludedWords({ sources: { persons } }: Explanation): string | null {
  const excluded = persons.isKnown ? persons.value.find(({ excludedBecause }) => excludedBecause !== null) : undefined
  if (excluded === undefined) return null
  const { person, excludedBecause } = excluded
  return `REVAL_TRAINEES=usable leaves out person ${person.personId}, because ${excludedBecause ?? ''}`
}

function known({ resync, generations, sources }: Explanation): string {
  if (resync.isKnown && resync.value.changes.length > 0) return 'TCS or the GMC data has it, but the lists do not yet'
  const elsewhere = generations.filter(({ rows }) => rows.isKnown && rows.value.length > 0).map(({ kept }) => kept)
  if (elsewhere.length > 0)
    return `TCS and the GMC data no longer have it; a kept generation (${elsewhere.join(', ')}) still does`
  return sources.reasons.isKnown && sources.reasons.value.size > 0
    ? 'only an exception reason has this number; TCS and the GMC data do not have it'
    : 'neither source has it; only failures or dead letters mention it'
}

function unread(explanation: Explanation): string {
  return `live has no such row, and ${unreadable(explanation).join(' and ')} cannot be read now`
}

/** What could not be read. */
function unreadable({ sources, generations }: Explanation): readonly string[] {
  const live = generations.find(({ kept }) => kept === 'live')
  return [
    ...(live?.rows.isKnown === false ? ['the live generation'] : []),
    ...(sources.persons.isKnown ? [] : ['TCS']),
    ...(sources.documents.isKnown ? [] : ['the GMC data']),
    ...(sources.reasons.isKnown ? [] : ['the exception reasons']),
  ]
}

const OPS = { create: 'add', replace: 'change', delete: 'remove' } as const

/** Whether live matches the sources, and what a resync would change. */
function sourceSentences(explanation: Explanation): string[] {
  const { resync, live, tables } = explanation
  if (!resync.isKnown)
    return explanation.isKnown ? [`Whether the lists match TCS and the GMC data is not known: ${resync.reason}.`] : []
  const { changes } = resync.value
  if (changes.length === 0) {
    const hasDrift = tables.isKnown && tables.value.length > 0
    return live.length === 0 ? [] : [`The ${hasDrift ? 'master index matches' : 'lists match'} TCS and the GMC data.`]
  }
  const words = changes.map(({ id, op, fields }) => {
    const named = fields.map(({ field }) => field).join(', ')
    return `${OPS[op]} ${id}${named === '' ? '' : ` (${named})`}`
  })
  return [
    `The lists do not match TCS and the GMC data: a resync would ${words.join(', ')}.`,
    `${sentence(changesWords(explanation))}.`,
  ]
}

function sentence(clause: string): string {
  return `${clause.slice(0, 1).toUpperCase()}${clause.slice(1)}`
}

/** The places that were searched, and whether each could be read. */
export function placesLooked({ meanings, generations, sources, deadLetters }: Explanation): readonly string[] {
  const persons = meanings.flatMap((key) => (key.kind === 'person' ? `person ${key.tcsPersonId}` : []))
  const numbers = meanings.flatMap((key) => (key.kind === 'number' ? `GMC number ${key.number}` : []))
  const documents = meanings.flatMap((key) => (key.kind === 'document' ? `document "${key.storedId}"` : []))
  const unless = (place: { readonly isKnown: boolean }) => (place.isKnown ? '' : ' (could not be read)')
  const inTcs = [...persons, ...numbers]
  const inGmc = [...numbers, ...documents]
  return [
    ...(inTcs.length > 0 ? [`TCS: ${inTcs.join(', ')}${unless(sources.persons)}`] : []),
    ...(inGmc.length > 0 ? [`GMC data: ${inGmc.join(', ')}${unless(sources.documents)}`] : []),
    ...(numbers.length > 0 ? [`exception reasons: ${numbers.join(', ')}${unless(sources.reasons)}`] : []),
    ...(generations.length === 0 ? ['rows: nothing is live'] : []),
    ...generations.map(({ kept, rows }) => `rows of the ${kept} generation${unless(rows)}`),
    'failed rows of these generations and of a run in progress',
    `dead letters${unless(deadLetters)}`,
  ]
}

/** Why a key may be unknown. */
export function likelyReasons(explanation: Explanation): readonly string[] {
  const { meanings } = explanation
  const number = meanings.find((key) => key.kind === 'number')
  const person = meanings.find((key) => key.kind === 'person')
  return [looksLike(number?.number ?? null, person !== undefined), changesWords(explanation)]
}

function looksLike(number: string | null, isDigits: boolean): string {
  if (number !== null) {
    return `TCS may hold the number with spaces or other text around it, such as "${number} (old)": ask by person id`
  }
  return isDigits
    ? 'a GMC number has seven digits: this key was taken as a person id'
    : 'names cannot be looked up: ask by person id, GMC number, row id or document id'
}

/** The progress of live changes. */
function changesWords({ changes }: Explanation): string {
  if (changes === null) return 'no process has applied live changes yet: what is new appears with the next sync'
  if (changes.paused !== null) return `live changes are paused: ${changes.paused.reason}`
  const waiting = Object.values(changes.channels).reduce((sum, channel) => sum + channel.waiting, 0)
  const more = waiting === 1 ? 'change is' : 'changes are'
  return waiting === 0 ? 'no change is waiting to be applied' : `${waiting} ${more} waiting to be applied`
}
