import type {
  DoctorView,
  ExplainView,
  GenerationView,
  KnownView,
  PersonView,
  StoredRowView,
} from '../app/explain-view.ts'
import { entryOf, FIELDS, type Field } from '../domain/fields.ts'
import { LIST_WORDS } from '../domain/list-reasons.ts'
import { causesWords } from '../sync/explain/answer.ts'
import { count, table } from './output.ts'

/** All that is known of a key, as text: the answer first, what engineers need last. */
export function explainLines(view: ExplainView): string[] {
  const sections = view.isKnown
    ? [
        view.answer,
        ...view.rows.map((row) => rowLines(row, view)),
        sourceLines(view),
        resyncLines(view),
        historyLines(view),
        failureLines(view),
      ]
    : [view.answer, listed('Looked in:', view.looked), listed('Possible reasons:', view.likely)]
  return sections.flatMap((lines, at) => (lines.length === 0 || at === 0 ? lines : ['', ...lines]))
}

function listed(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...indented(lines)]
}

const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`)

function rowLines({ id, lists }: ExplainView['rows'][number], view: ExplainView): string[] {
  const stored = rowIn(view.generations, 'live', id)
  const rows = lists.map(({ list, isIn, because, leftOutBecause }) => {
    const notShown = leftOutBecause.map((why) => `not shown: ${why}`)
    return [LIST_WORDS[list], isIn ? 'yes' : 'no', [because, ...notShown].join('; ')]
  })
  // Leaving connected and entering disconnected are one change.
  const changing = lists.filter(({ list }) => list !== 'disconnectedindex')
  return [
    `Row ${id}${nameOf(stored)}`,
    ...indented(table(['list', 'in it', 'because'], rows)),
    ...indented(changing.flatMap(({ wouldChange }) => wouldChange ?? [])),
    '',
    ...indented(stored === null ? [] : valueLines(stored, view)),
  ]
}

function nameOf(stored: StoredRowView | null): string {
  const { doctorFirstName = '', doctorLastName = '', gmcReferenceNumber = 'no GMC number' } = stored?.fields ?? {}
  return `: ${[doctorFirstName, doctorLastName].join(' ').trim()}, ${String(gmcReferenceNumber)}`
}

function rowIn(generations: readonly GenerationView[], kept: GenerationView['kept'], id: string): StoredRowView | null {
  const rows = generations.find((generation) => generation.kept === kept)?.rows
  return rows?.value?.find((row) => row.id === id) ?? null
}

/** The fields with a value in live or in a source: where each value comes from, and what a resync would change it to. */
function valueLines(stored: StoredRowView, { resync }: ExplainView): string[] {
  const changes = resync.value?.changes.find(({ id }) => id === stored.id)
  const hasChanges = changes !== undefined && changes.fields.length > 0
  const rows = FIELDS.flatMap((field) => {
    const [trainee, doctor] = sourceValues(field, stored)
    const change = changes?.fields.find((each) => each.field === field)
    const shown = stored.fields[field]
    if (shown === undefined && change === undefined) return []
    const now = change === undefined ? '' : text(change.after)
    return [[field, text(shown), trainee, doctor, ...(hasChanges ? [now] : [])]]
  })
  return table(['field', 'live', 'by TCS', 'by the GMC', ...(hasChanges ? ['sources now'] : [])], rows)
}

/** The values of a field in the parts of a row, from TCS and from the GMC. */
function sourceValues(field: Field, { parts: { trainee, doctor, outcome, reason } }: StoredRowView): [string, string] {
  const entry = entryOf(field)
  if (field === 'gmcStatus') return ['', text(outcome)]
  if (field === 'exceptionReason') return ['', text(reason)]
  return [
    entry.trainee === undefined ? '' : text(trainee?.[entry.trainee]),
    entry.doctor === undefined ? '' : text(doctor?.[entry.doctor]),
  ]
}

function text(value: string | number | boolean | null | undefined): string {
  if (value === null || value === undefined) return '-'
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)
}

function sourceLines({ sources: { persons, doctors, exceptionReasons }, sharedNumbers }: ExplainView): string[] {
  return [
    ...valuesOf('TCS now', persons, (found) => found.flatMap(personLines)),
    ...sharedNumbers.map(({ number, personIds }) => `  ${number} is the GMC number of persons ${personIds.join(', ')}`),
    ...valuesOf('GMC now', doctors, (found) => found.flatMap(doctorLines)),
    ...valuesOf('Exception reasons now', exceptionReasons, (found) =>
      Object.entries(found).map(([number, reason]) => `${number}: ${reason}`),
    ),
  ]
}

/** A title with its lines; or with why there are none. */
function valuesOf<T>(title: string, view: KnownView<T>, lines: (value: T) => readonly string[]): string[] {
  if (view.value === null) return [`${title}: not known: ${reasonOf(view)}`]
  const found = lines(view.value)
  return found.length === 0 ? [`${title}: none`] : [title, ...indented(found)]
}

const reasonOf = ({ notKnown }: KnownView<unknown>) => notKnown?.reason ?? ''

function personLines(person: PersonView): string[] {
  const { personId, forenames, surname, gmcNumber, role, excludedBecause, memberships, placements } = person
  return [
    `person ${personId}: ${[forenames, surname].join(' ').trim()}, GMC number ${quoted(gmcNumber)}, role ${quoted(role)}`,
    ...(excludedBecause === null ? [] : [`  left out by REVAL_TRAINEES: ${excludedBecause}`]),
    ...memberships.map(({ programme, owner, type, start, end, isCurrent }) => {
      const what = [programme ?? 'programme unknown', owner, type].filter((each) => each !== null).join(', ')
      return `  ${isCurrent === true ? 'current' : 'not current'}: ${what}, ${start ?? '?'} to ${end ?? '?'}`
    }),
    ...placements.map(({ grade, from, to }) => `  placement: grade ${grade ?? '?'}, ${from ?? '?'} to ${to ?? '?'}`),
  ]
}

const quoted = (value: string | null) => (value === null ? 'none' : `"${value}"`)

function doctorLines({ storedId, fields, latestRecommendation: latest, sharesNumber }: DoctorView): string[] {
  const { doctorFirstName = '', doctorLastName = '', designatedBodyCode = null, ...others } = fields
  const values = Object.entries(others).map(([name, value]) => `${name} ${text(value)}`)
  const name = [doctorFirstName, doctorLastName].join(' ').trim()
  const { outcome = null, actualSubmissionDate: on = null } = latest ?? {}
  return [
    `doctor "${storedId}": ${name}, designated body ${designatedBodyCode === null ? 'none' : text(designatedBodyCode)}`,
    `  ${values.join(', ')}`,
    ...(sharesNumber ? ['  another document has the same number, so both are refused'] : []),
    latest === null
      ? '  no recommendation'
      : `  latest recommendation: ${outcome ?? 'no outcome'}, submitted ${on ?? '?'}`,
  ]
}

function resyncLines({ resync }: ExplainView): string[] {
  if (resync.value === null) return [`A resync: not known: ${reasonOf(resync)}`]
  const { changes, refused } = resync.value
  if (changes.length === 0 && refused.length === 0) return ['A resync would change nothing']
  return listed('A resync would', [
    ...changes.flatMap(({ id, op, fields }) =>
      op === 'replace'
        ? fields.map(({ field, before, after }) => `change ${field} of ${id} from ${text(before)} to ${text(after)}`)
        : [`${op === 'create' ? 'add' : 'remove'} ${id}`],
    ),
    ...refused.map(({ key, reason }) => `refuse ${key}: ${reason}`),
  ])
}

function historyLines({ generations }: ExplainView): string[] {
  return listed('Generations', generations.flatMap(generationLines))
}

function generationLines({ kept, run, day, createdAt, rows }: GenerationView): string[] {
  const title = `${kept}: run ${run} for ${day}, begun ${createdAt ?? '?'}`
  if (rows.value === null) return [title, `  rows not known: ${reasonOf(rows)}`]
  if (rows.value.length === 0) return [title, '  no row']
  return [
    title,
    ...rows.value.map(({ id, refreshed, wrongKeys, differsFromLive }) => {
      const last =
        refreshed === null
          ? 'as its run wrote it'
          : `last written ${refreshed.at ?? '?'}, by ${causesWords(refreshed.causes)}`
      const other =
        differsFromLive === null || differsFromLive.length === 0
          ? ''
          : `; differs from live in ${differsFromLive.join(', ')}`
      const wrong = wrongKeys.length === 0 ? '' : `; another program changed it: ${wrongKeys.join(', ')}`
      return `  ${id}: ${last}${other}${wrong}`
    }),
  ]
}

function failureLines({ failures, deadLetters }: ExplainView): string[] {
  const rows = failures.map(({ of, stage, key, code, reason, at }) => [`${stage}/${key}`, of, at, code, reason])
  return [
    ...(rows.length === 0 ? ['Failed rows: none'] : ['Failed rows', ...indented(table(HEADER, rows))]),
    ...valuesOf('Dead letters', deadLetters, (letters) =>
      letters.length === 0
        ? []
        : [
            ...table(
              HEADER,
              letters.map(({ id, at, code, reason }) => [id, 'dead letter', at, code, reason]),
            ),
            `${count(letters.length)} in all`,
          ],
    ),
  ]
}

const HEADER = ['id', 'of', 'at', 'code', 'reason']
