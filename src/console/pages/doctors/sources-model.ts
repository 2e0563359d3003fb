import type { DesignatedBodies } from '../../../domain/designated-bodies.ts'
import type { DoctorView, ExplainView, PersonView } from '../../../app/explain-view.ts'
import type { Summary } from '../../components/summary.ts'
import type { Cell, Table } from '../../components/table.ts'
import type { Link } from '../../frame/page.ts'
import { FIELD_WORDS, NOT_GIVEN, valueInWords } from '../../words/fields.ts'
import { counted, listed } from '../../words/numbers.ts'
import { consoleRemedy } from '../../words/remedies.ts'
import { doctorHref } from '../lists/columns.ts'

/** What the sources have now for a person, a number or a row, and whether the lists match. */
export interface SourcesModel {
  readonly key: string
  /** The most important sentence first. */
  readonly answer: readonly string[]
  /** What a repair would change; null if nothing. */
  readonly changes: Table | null
  /** Null for people who may not repair, and if there is nothing to repair. */
  readonly repair: string | null
  readonly rows: readonly Link[]
  readonly persons: readonly {
    readonly heading: string
    readonly summary: Summary
    readonly memberships: Table | null
  }[]
  readonly doctors: readonly { readonly heading: string; readonly summary: Summary }[]
  readonly letters: readonly string[]
}

export function sourcesModel(
  view: ExplainView,
  { bodies, mayRepair }: { readonly bodies: DesignatedBodies; readonly mayRepair: boolean },
): SourcesModel {
  const { key, resync, sources, rows } = view
  const changes = resync.value?.changes ?? []
  const [first] = changes
  return {
    key,
    answer: [...matchWords(view), ...tcsWords(view), ...gmcWords(view), ...reasonWords(view), ...waitingWords(view)],
    changes: changes.length === 0 ? null : changesTable(changes, bodies),
    repair: mayRepair && first !== undefined ? `${doctorHref(first.id)}/repair` : null,
    rows: rows.map(({ id }) => ({ text: id, href: doctorHref(id) })),
    persons: (sources.persons.value ?? []).map((person) => personOf(person, bodies)),
    doctors: (sources.doctors.value ?? []).map((doctor) => doctorOf(doctor, bodies)),
    letters: lettersOf(view),
  }
}

function matchWords({ resync: { value, notKnown }, rows, isKnown }: ExplainView): readonly string[] {
  if (value === null) return [`Whether the lists match the sources is not known: ${notKnown?.reason ?? ''}.`]
  const refused = value.refused.map(
    ({ key, reason, code }) => `The record ${key} is refused, so it has no row: ${reason}. ${consoleRemedy(code)}`,
  )
  if (value.changes.length > 0) return ['The lists do not match the sources.', ...refused]
  if (rows.length > 0) return ['The lists match the sources.', ...refused]
  return [isKnown ? 'The lists do not have it, and the sources do not require it.' : 'Nothing has it.', ...refused]
}

/** What was asked for, as a source has it: `person 4711 or GMC number 7012345`. */
function askedWords({ key, meanings }: ExplainView, kinds: readonly ExplainView['meanings'][number]['kind'][]): string {
  const words = meanings.flatMap((meaning) => {
    if (!kinds.includes(meaning.kind)) return []
    // A row id may be the id of a document too, but that is not what people mean.
    if (meaning.kind === 'document' && meaning.storedId === key && /^(tcs|gmc)-/.test(key)) return []
    if (meaning.kind === 'person') return [`person ${meaning.tcsPersonId}`]
    return [meaning.kind === 'number' ? `GMC number ${meaning.number}` : `document “${meaning.storedId}”`]
  })
  return words.join(' or ')
}

function tcsWords(view: ExplainView): readonly string[] {
  const { value, notKnown } = view.sources.persons
  if (value === null) return [`TCS does not answer: ${notKnown?.reason ?? ''}.`]
  const asked = askedWords(view, ['person', 'number'])
  if (value.length === 0) return asked === '' ? [] : [`TCS has no ${asked}.`]
  const persons = value.map(({ personId }) => String(personId))
  const excluded = value.flatMap(({ personId, excludedBecause }) =>
    excludedBecause === null
      ? []
      : [`Person ${personId} is left out of the lists (setting REVAL_TRAINEES), because ${excludedBecause}.`],
  )
  const shared = view.sharedNumbers.map(
    ({ number, personIds }) => `Persons ${listed(personIds.map(String))} of TCS have the same GMC number, ${number}.`,
  )
  return [`TCS has ${persons.length === 1 ? 'person' : 'persons'} ${listed(persons)}.`, ...excluded, ...shared]
}

function gmcWords(view: ExplainView): readonly string[] {
  const { value, notKnown } = view.sources.doctors
  if (value === null) return [`The GMC data does not answer: ${notKnown?.reason ?? ''}.`]
  const asked = askedWords(view, ['number', 'document'])
  if (value.length === 0)
    return asked === '' ? ['The GMC data has no doctor for it.'] : [`The GMC data has no ${asked}.`]
  const shared = value.some(({ sharesNumber }) => sharesNumber)
  return [
    `The GMC data has ${counted(value.length, 'doctor')}: ${listed(value.map(({ storedId }) => storedId))}.`,
    ...(shared ? ['Several documents of the GMC data have this number, so none of them is joined.'] : []),
  ]
}

function reasonWords({ sources: { exceptionReasons } }: ExplainView): readonly string[] {
  const { value, notKnown } = exceptionReasons
  if (value === null) return [`The exception reasons cannot be read: ${notKnown?.reason ?? ''}.`]
  return Object.entries(value).map(([number, reason]) => `The exception reason of ${number} is “${reason}”.`)
}

function waitingWords({ changes }: ExplainView): readonly string[] {
  if (changes === null) return ['Changes do not come in between runs: what is new appears with the next run.']
  if (changes.paused !== null) return [`Changes do not come in now: ${changes.paused.reason}.`]
  if (changes.waiting === 0) return ['No change is waiting to come in.']
  return [`${counted(changes.waiting, 'change is', 'changes are')} waiting to come in.`]
}

type Changes = NonNullable<ExplainView['resync']['value']>['changes']

const OPS = { create: 'Would be added', replace: 'Would change', delete: 'Would be removed' } as const

function changesTable(changes: Changes, bodies: DesignatedBodies): Table {
  return {
    caption: 'What a repair would change',
    columns: [
      { text: 'Row' },
      { text: 'What' },
      { text: 'Field' },
      { text: 'In the lists' },
      { text: 'In the sources' },
    ],
    rows: changes.flatMap(({ id, op, fields }): readonly (readonly Cell[])[] => {
      const row = { text: id, href: doctorHref(id) }
      if (fields.length === 0) return [[row, { text: OPS[op] }, {}, {}, {}]]
      return fields.map(({ field, before, after }) => [
        row,
        { text: OPS[op] },
        { text: fieldWords(field) },
        { text: valueInWords(field, before, bodies) },
        { text: valueInWords(field, after, bodies) },
      ])
    }),
  }
}

function fieldWords(field: string): string {
  return Object.hasOwn(FIELD_WORDS, field) ? FIELD_WORDS[field as keyof typeof FIELD_WORDS] : field
}

function personOf(
  { personId, forenames, surname, gmcNumber, role, memberships, placements }: PersonView,
  bodies: DesignatedBodies,
): SourcesModel['persons'][number] {
  const words = (value: string | null) => ({ text: value ?? NOT_GIVEN })
  const day = (value: string | null) => ({ text: valueInWords('someDate', value, bodies) })
  return {
    heading: `Person ${personId} in TCS`,
    summary: [
      { key: 'First name', value: words(forenames) },
      { key: 'Last name', value: words(surname) },
      { key: 'GMC number', value: words(gmcNumber) },
      { key: 'Role', value: words(role) },
      {
        key: 'Placement grades',
        value: words(placements.length === 0 ? null : placements.map(({ grade }) => grade ?? NOT_GIVEN).join(', ')),
      },
    ],
    memberships:
      memberships.length === 0
        ? null
        : {
            caption: 'Programme memberships',
            columns: [
              { text: 'Programme' },
              { text: 'Owner' },
              { text: 'Type' },
              { text: 'Starts' },
              { text: 'Ends' },
              { text: 'Current' },
            ],
            rows: memberships.map(({ programme, owner, type, start, end, isCurrent }) => [
              words(programme),
              words(owner),
              words(type),
              day(start),
              day(end),
              { text: isCurrent === null ? 'Not known' : isCurrent ? 'Yes' : 'No' },
            ]),
          },
  }
}

function doctorOf(
  { storedId, fields, latestRecommendation }: DoctorView,
  bodies: DesignatedBodies,
): SourcesModel['doctors'][number] {
  return {
    heading: `Doctor ${storedId} in the GMC data`,
    summary: [
      ...Object.entries(fields).map(([field, value]) => ({
        key: DOCTOR_WORDS[field] ?? fieldWords(field),
        value: { text: valueInWords(field, value, bodies) },
      })),
      ...Object.entries(latestRecommendation ?? {}).map(([field, value]) => ({
        key: `Latest recommendation: ${field}`,
        value: { text: value ?? NOT_GIVEN },
      })),
    ],
  }
}

const DOCTOR_WORDS: Readonly<Record<string, string>> = {
  designatedBodyCode: FIELD_WORDS.designatedBody,
  doctorStatus: FIELD_WORDS.tisStatus,
}

function lettersOf({ deadLetters: { value, notKnown } }: ExplainView): readonly string[] {
  if (value === null) return [`Whether dead letters name it is not known: ${notKnown?.reason ?? ''}.`]
  return value.map(({ place, code, reason }) => `A dead letter of ${place} names it: ${reason} (${code}).`)
}
