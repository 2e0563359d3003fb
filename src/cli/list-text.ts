import type { FoundView, ListedView } from '../app/json/lists.ts'
import type { ConnectionRow, DoctorRow } from '../app/lists/answers.ts'
import { count, indented, printable, table } from './output.ts'

type Cell = string | number | null

/** A page of a list; `columns` is the width of the terminal, null for none. */
export function listedLines(view: ListedView, columns: number | null): string[] {
  const { rows } = view
  const doctors = rows.flatMap((row) => ('doctorStatus' in row ? [[row.id, ...doctorCells(row)]] : []))
  const others = rows.flatMap((row) => ('connectionStatus' in row ? [[row.id, ...connectionCells(row)]] : []))
  return [
    [`${view.list}: ${totalsOf(view)}`, ...pageText(view)].join('; '),
    liveLine(view.live),
    ...rowTable(DOCTOR_HEADER, doctors, columns),
    ...rowTable(CONNECTION_HEADER, others, columns),
  ]
}

function totalsOf({ search, filters, totalResults, countTotal, countUnderNotice }: ListedView): string {
  const within = `${count(countTotal)} rows, ${count(countUnderNotice)} under notice`
  if (search === null && Object.keys(filters).length === 0) return within
  return `${count(totalResults)} match ${search === null ? 'the filters' : quoted(search)}, of ${within}`
}

function pageText({ page, totalPages }: ListedView): string[] {
  if (totalPages === 0) return []
  const is = page > totalPages ? 'is beyond the last,' : 'of'
  return [`page ${count(page)} ${is} ${count(totalPages)}`]
}

const quoted = (text: string) => `"${printable(text)}"`

export function liveLine({ day, since, run }: Omit<ListedView['live'], 'generation'>): string {
  return `data of ${day ?? 'an unknown day'}, live since ${since ?? 'an unknown time'}, run ${run}`
}

/** What a person should know of the bodies that were named; empty if all are known. */
export function unknownBodyLines(codes: readonly string[]): string[] {
  return codes.map((code) => `warning: designated body ${printable(code)} is neither configured nor in the data`)
}

const INDENT = 2
const FREE_TEXT = ['last name', 'first names', 'status', 'admin', 'exception reason', 'programme']

function rowTable(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
  columns: number | null,
): readonly string[] {
  if (rows.length === 0) return []
  // Ids, days, codes and lists are of use only whole.
  return indented(table(header, rows, columns === null ? undefined : { columns: columns - INDENT, cut: FREE_TEXT }))
}

const NAME_HEADER = ['row', 'GMC number', 'last name', 'first names']

const DOCTOR_HEADER = [
  ...NAME_HEADER,
  ...['submission', 'under notice', 'status', 'outcome', 'body', 'admin', 'programme'],
]

function doctorCells(row: DoctorRow): readonly Cell[] {
  return [
    ...nameCells(row),
    ...[row.submissionDate, row.underNotice, row.doctorStatus, row.gmcOutcome],
    ...[row.designatedBody, row.admin, row.programmeName],
  ]
}

const CONNECTION_HEADER = [
  ...NAME_HEADER,
  ...['body', "owner's body", 'submission', 'membership end', 'exception reason', 'programme'],
]

function connectionCells(row: ConnectionRow): readonly Cell[] {
  return [
    ...nameCells(row),
    ...[row.designatedBody, row.tcsDesignatedBody, row.submissionDate, row.programmeMembershipEndDate],
    ...[row.exceptionReason, row.programmeName],
  ]
}

type Named = Pick<DoctorRow, 'gmcReferenceNumber' | 'doctorLastName' | 'doctorFirstName'>

function nameCells({ gmcReferenceNumber, doctorLastName, doctorFirstName }: Named): readonly Cell[] {
  return [gmcReferenceNumber, doctorLastName, doctorFirstName]
}

const FOUND_HEADER = [...NAME_HEADER, 'lists', 'body', "owner's body", 'programme']

/** The doctors that were found, and the lists that they are in. */
export function foundLines(view: FoundView, columns: number | null): string[] {
  const { doctors, totals } = view
  const rows = doctors.map((doctor) => [
    ...[doctor.id, ...nameCells(doctor), doctor.lists.join(', ')],
    ...[doctor.designatedBody, doctor.tcsDesignatedBody, doctor.programmeName],
  ])
  // Each list searches by its own rule, so a list that a doctor is in may not find the doctor.
  const finding = Object.entries(totals).flatMap(([list, total]) => (total > 0 ? [`${list} (${count(total)})`] : []))
  return [
    [foundSentence(view), ...(finding.length > 0 ? [`found by searching ${finding.join(', ')}`] : [])].join('; '),
    liveLine(view.live),
    ...rowTable(FOUND_HEADER, rows, columns),
  ]
}

/** How many doctors match. */
export function foundSentence({ doctors: { length }, isComplete, text }: FoundView): string {
  const found = `${count(length)} ${length === 1 ? 'doctor matches' : 'doctors match'} ${quoted(text)}`
  return isComplete ? found : `more than ${found}; the first by name are shown`
}
