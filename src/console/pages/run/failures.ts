import { maskedReason } from '../../../errors/masked.ts'
import type { FailedRow, Run } from '../../../ports/run-ledger.ts'
import type { Cell, Table } from '../../components/table.ts'
import type { Link } from '../../frame/page.ts'
import { valueOf, type Reading } from '../../frame/reading.ts'
import { count, counted, NOT_KNOWN } from '../../words/numbers.ts'
import { consoleRemedy } from '../../words/remedies.ts'
import { MOST_FAILURES, type FailuresOfRun } from './facts.ts'

/** The failed rows of a run: how many, by code, and the first of them. */
export interface FailuresShown {
  readonly sentence: string
  readonly byCode: Table | null
  readonly rows: Table | null
  readonly more: Link | null
}

/** How many rows the page of a run shows. */
const SHOWN = 10

export function failuresShown(run: Run, failures: Reading<FailuresOfRun>): FailuresShown {
  const found = valueOf(failures)
  if (found === null) return { sentence: NOT_KNOWN, byCode: null, rows: null, more: null }
  if (found.total === 0) return { sentence: noneSentence(run), byCode: null, rows: null, more: null }
  return {
    sentence: `${counted(found.total, 'row')} failed: missing from what the run built, or wrong in it.`,
    byCode: byCodeTable(found),
    rows: rowsTable(found.first.slice(0, SHOWN)),
    more: { text: 'See the failures', href: '/console/failures' },
  }
}

/** Failures of a run that is not kept are removed with its generation. */
function noneSentence({ stages }: Run): string {
  const failed = Object.values(stages).reduce((sum, { failedRows }) => sum + failedRows, 0)
  return failed === 0
    ? 'No row failed.'
    : `${counted(failed, 'row')} failed. They were put right or discarded since, or their records were removed.`
}

function byCodeTable({ total, first }: FailuresOfRun): Table {
  const codes = [...Map.groupBy(first, ({ code }) => code)].sort(([, one], [, other]) => other.length - one.length)
  return {
    caption: total > MOST_FAILURES ? `The first ${count(MOST_FAILURES)} by reason` : 'By reason',
    columns: [{ text: 'Reason' }, { text: 'Rows', isNumeric: true }, { text: 'What to do' }],
    rows: codes.map(([code, rows]) => [
      { text: codeInWords(code) },
      { text: count(rows.length) },
      { text: consoleRemedy(code) },
    ]),
  }
}

function rowsTable(rows: readonly FailedRow[]): Table {
  return {
    caption: rows.length === 1 ? 'The row' : `The first ${rows.length}`,
    columns: [{ text: 'Row' }, { text: 'Why' }, { text: 'Stage' }],
    rows: rows.map(({ key, code, reason, stage }) => [
      rowCell(key),
      // Listing is not a look-up: what a row has in the wrong field may be a name.
      { text: maskedReason(code, reason) },
      { text: stage },
    ]),
  }
}

function rowCell(key: string): Cell {
  const [, kind, number] = /^(tcs|gmc)-(.+)$/su.exec(key) ?? []
  if (kind === undefined || number === undefined) return { text: key }
  const text = kind === 'tcs' ? `Trainee ${number}` : `Doctor ${number}`
  return { text, href: `/console/doctors/${encodeURIComponent(key)}` }
}

/** ROW_DATE_IMPOSSIBLE is Date impossible. */
export function codeInWords(code: string): string {
  const words = code.replace(/^ROW_/, '').replaceAll('_', ' ').toLowerCase()
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}
