import { answerOf, listReasons, type ListReason } from '../../../domain/list-reasons.ts'
import type { DesignatedBodies } from '../../../domain/designated-bodies.ts'
import { londonDay, type Day } from '../../../domain/day.ts'
import { gmcNumber } from '../../../domain/gmc-number.ts'
import type { BodyScope } from '../../../domain/list-query.ts'
import type { RowId } from '../../../domain/row.ts'
import type { StoredRow } from '../../../ports/index-store.ts'
import { tableSentences } from '../../../sync/explain/table-drift.ts'
import type { FailedRow, Installation } from '../../../ports/run-ledger.ts'
import type { Table } from '../../components/table.ts'
import type { Timeline } from '../../components/timeline.ts'
import type { Link } from '../../frame/page.ts'
import { runPath } from '../../runs/run-name.ts'
import { bodyChoices, bodyInWords, type Choice } from '../../words/bodies.ts'
import { FIELD_WORDS, valueInWords } from '../../words/fields.ts'
import { dayInWords, fullInstant } from '../../words/instants.ts'
import { LIST_NAMES } from '../../words/lists.ts'
import { consoleRemedy } from '../../words/remedies.ts'
import { doctorHref, rowName } from '../lists/columns.ts'
import { historyOf } from './history.ts'
import type { RowFacts } from './read-row.ts'
import { valuesTable } from './values.ts'
import { sightOf, whoSees, type ListSight } from './who-sees.ts'

/** Why a doctor is in a list or not, who sees the row, and where its values come from. */
export interface RowModel {
  /** `Doctor 7012345`. */
  readonly heading: string
  /** `Siân O'Brien`, and the person in TIS unless the heading names it. */
  readonly name: string
  readonly person: string | null
  readonly answer: readonly string[]
  readonly seenBy: readonly ListSight[]
  /** As one body sees it; null until one is chosen. */
  readonly seenAs: { readonly body: string; readonly lists: readonly ListSight[] } | null
  readonly bodies: readonly Choice[]
  readonly action: string
  readonly lists: Table
  readonly values: Table
  readonly warnings: readonly string[]
  readonly sharing: { readonly text: string; readonly rows: readonly Link[] } | null
  readonly compare: string
  /** Null for people who may not repair. */
  readonly repair: string | null
  readonly history: Timeline
  /** Null if there is none. */
  readonly failures: Table | null
  readonly notKnown: readonly string[]
  readonly raw: string
}

export interface RowModelOptions {
  readonly now: number
  readonly bodies: DesignatedBodies
  readonly unconnected: BodyScope['unconnected']
  /** The body as whose admin to look; null for none. */
  readonly as: string | null
  readonly mayRepair: boolean
}

/** The model of a row that live has. */
export function rowModel(facts: RowFacts & { readonly stored: StoredRow }, options: RowModelOptions): RowModel {
  const { id, stored, kept, sharing, failures, tables } = facts
  const { now, bodies, unconnected, as, mayRepair } = options
  const { document } = stored
  const today = londonDay(now)
  const sight = { today, bodies, unconnected }
  const reasons = listReasons(document, { today, bodies })
  const name = [document.doctorFirstName, document.doctorLastName].filter((each) => each !== null).join(' ')
  const others = sharing.known ? sharing.value : []
  const heading = headingOf(id, document)
  return {
    heading,
    name: name === '' ? 'Name not given' : name,
    person:
      document.tcsPersonId === null || heading === `Person ${document.tcsPersonId}`
        ? null
        : `TIS person ${document.tcsPersonId}`,
    answer: [
      ...(tables.known ? tableSentences(tables.value, 'Repair this doctor to put it right.') : []),
      ...answerOf(reasons),
    ].map(withDaysInWords),
    seenBy: whoSees(document, sight),
    seenAs: as === null ? null : { body: bodyInWords(as, bodies), lists: sightOf(as, document, sight) },
    bodies: bodyChoices(bodies, as, 'Choose a body'),
    action: doctorHref(id),
    lists: listsTable(reasons, facts, bodies),
    values: valuesTable(stored, bodies),
    warnings:
      stored.wrongKeys.length === 0
        ? []
        : [`Another program changed this row: ${stored.wrongKeys.join(', ')} do not follow from its parts. Repair it.`],
    sharing:
      others.length === 0
        ? null
        : {
            text: 'These rows have the same GMC number. Each person of TIS has a row of their own.',
            rows: others.map((other) => ({ text: other.row.id, href: doctorHref(other.row.id) })),
          },
    compare: `/console/doctors/sources?q=${encodeURIComponent(id)}`,
    repair: mayRepair ? `${doctorHref(id)}/repair` : null,
    history: historyOf(facts, bodies),
    failures: failures.known && failures.value.length > 0 ? failuresTable(failures.value, facts.installation) : null,
    notKnown: [
      ...(sharing.known ? [] : [`Whether other rows have the same number is not known: ${sharing.reason}.`]),
      ...(tables.known ? [] : [`Whether the tables are as the master requires is not known: ${tables.reason}.`]),
      ...(failures.known ? [] : [`Whether this row failed is not known: ${failures.reason}.`]),
      ...kept.flatMap(({ run, stored: other }) =>
        other.known ? [] : [`The row in the ${run.kept} generation is not known: ${other.reason}.`],
      ),
    ],
    raw: JSON.stringify(rawOf(facts), null, 2),
  }
}

/** By the GMC number, unless there is only text in its place. */
function headingOf(id: RowId, document: StoredRow['document']): string {
  const number = gmcNumber(document.gmcReferenceNumber)
  return number === null ? rowName(id, { ...document, gmcReferenceNumber: null }) : `Doctor ${number}`
}

/** Days within a sentence, except in what it quotes. */
export function withDaysInWords(sentence: string): string {
  return sentence
    .split('"')
    .map((part, index) => (index % 2 === 0 ? part.replace(/\b\d{4}-\d{2}-\d{2}\b/g, dayInWords) : part))
    .join('"')
}

function listsTable(reasons: readonly ListReason[], { kept }: RowFacts, bodies: DesignatedBodies): Table {
  const previous = kept.find(({ run }) => run.kept === 'previous')
  const before = previous?.stored.known === true ? previous.stored.value : null
  const reasonsBefore = before === null || previous === undefined ? null : reasonsOn(before, previous.run.day, bodies)
  return {
    caption: 'Lists',
    isCaptionHidden: true,
    columns: [
      { text: 'List' },
      { text: 'In it' },
      { text: 'In the run before' },
      { text: 'Why' },
      { text: 'What would change it' },
    ],
    rows: reasons.map((reason) => [
      { text: LIST_NAMES[reason.list] },
      { text: reason.isIn ? 'Yes' : 'No' },
      { text: inBefore(reason, reasonsBefore, previous?.stored.known === true) },
      {
        text: capitalized(reason.rules.map(({ words }) => withDaysInWords(words)).join('; ')),
        lines: valueLines(reason, bodies),
      },
      {
        text:
          reason.wouldChange === null
            ? 'Nothing: every row is in it'
            : capitalized(withDaysInWords(reason.wouldChange)),
      },
    ]),
  }
}

function capitalized(clause: string): string {
  return `${clause.slice(0, 1).toUpperCase()}${clause.slice(1)}`
}

function reasonsOn({ document }: StoredRow, today: Day, bodies: DesignatedBodies): readonly ListReason[] {
  return listReasons(document, { today, bodies })
}

function inBefore({ list }: ListReason, before: readonly ListReason[] | null, isKnown: boolean): string {
  if (before === null) return isKnown ? 'No row' : 'Not known'
  return before.find((each) => each.list === list)?.isIn === true ? 'Yes' : 'No'
}

/** `Designated body: Not given`, for each value that decided. */
function valueLines({ values }: ListReason, bodies: DesignatedBodies): readonly string[] {
  // `Object.keys` returns `string[]`; the values are by field.
  return (Object.keys(values) as (keyof typeof values)[]).map(
    (field) => `${FIELD_WORDS[field]}: ${valueInWords(field, values[field], bodies)}`,
  )
}

function failuresTable(failures: readonly FailedRow[], { live, previous, heldBack, building }: Installation): Table {
  const stateOf = (generation: string) => {
    if (generation === live?.generation) return 'Open, in live'
    if (generation === building?.generation) return 'Open, in the run in progress'
    if (generation === heldBack?.generation) return 'In the run that is held back'
    return generation === previous?.generation ? 'In the run before' : 'Of a run that is over'
  }
  const newestFirst = failures.toSorted((a, b) => (b.at ?? 0) - (a.at ?? 0))
  return {
    caption: 'Failures',
    isCaptionHidden: true,
    columns: [{ text: 'Where' }, { text: 'Why' }, { text: 'What to do' }, { text: 'When' }, { text: 'State' }],
    rows: newestFirst.map(({ stage, run, reason, code, at, generation }) => [
      { text: stage === 'refresh' ? 'A change' : `Stage ${stage}`, href: runPath(run) },
      { text: reason, lines: [code] },
      { text: consoleRemedy(code) },
      at === null ? { text: 'Not known' } : { time: fullInstant(at) },
      { text: stateOf(generation) },
    ]),
  }
}

function rawOf({ id, stored, kept }: RowFacts) {
  return {
    id,
    generations: kept.map(({ run, stored: other }) => ({
      kept: run.kept,
      generation: run.generation,
      run: run.run,
      day: run.day,
      row: other.known ? other.value : { notKnown: other.code },
    })),
    live: stored === null ? null : { token: stored.token, origin: stored.origin, wrongKeys: stored.wrongKeys },
  }
}
