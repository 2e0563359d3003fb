import type { LatestVerificationView } from '../app/verification-view.ts'
import type { Finding, Verification } from '../ports/verification.ts'
import { allDiffering, differing, remaining } from '../sync/verify/findings.ts'
import { count, fieldNames, idText, indented, table } from './output.ts'

const rows = (number: number): string => `${count(number)} ${number === 1 ? 'row' : 'rows'}`

/** A verification, whatever the form of its instants. */
type Verified = Omit<Verification, 'finishedAt' | 'repaired'> & { readonly repaired: Repaired }
type Repaired = Pick<NonNullable<Verification['repaired']>, 'how' | 'remaining'> | null

/** What a verification found, as text: `first` are its first findings. */
export function verifyLines(verification: Verified, first: readonly Finding[]): string[] {
  const { live, day, settled, missing, surplus, different, tables, repaired } = verification
  const differ = allDiffering(verification)
  const verb = differ === 1 ? 'differs' : 'differ'
  const result = differ === 0 ? 'nothing differs' : `${count(differ)} ${verb}`
  const kinds = `${count(missing)} missing, ${count(surplus)} surplus, ${count(different)} different`
  return [
    `Checked ${rows(verification.rows.live)}: ${result}.`,
    `live: run ${live.run}, day ${day}${differ === 0 ? '' : `; ${kinds}`}`,
    ...(tables === null ? [] : tableLines(differing(tables))),
    ...(settled === 0 ? [] : [`${rows(settled)} differed at first: their changes were on their way`]),
    ...findingLines(first, differ),
    ...(differ === 0 ? [] : repairLines(verification, repaired)),
  ]
}

/** What is said of the rows of tables that are not as the master requires. */
export function tableLines(differ: number): string[] {
  if (differ === 0) return ['tables: all rows are as the master of live requires']
  const verb = differ === 1 ? 'is' : 'are'
  return [
    `tables: ${rows(differ)} ${verb} not as the master of live requires. Another program changed the table, such as a Java`,
    'service that writes this list.',
  ]
}

/** The first findings as a table, below how many of all these are. */
export function findingLines(first: readonly Finding[], total: number): string[] {
  if (first.length === 0) return []
  const shown = first.map(({ list, id, kind, fields, isRepaired }) => [
    list === null ? kind : `${kind} ${kind === 'missing' ? 'from' : 'in'} ${list}`,
    idText(id),
    fieldNames(fields),
    isRepaired ? 'repaired' : '',
  ])
  return [
    ...(first.length < total ? [`first ${count(first.length)} of ${count(total)}:`] : []),
    ...indented(table(['what', 'row', 'fields', ''], shown)),
  ]
}

function repairLines({ run, tables }: Pick<Verified, 'run' | 'tables'>, repaired: Repaired): string[] {
  if (repaired === null) {
    const ofTables = 'Missing from a table: only in the master of live. Surplus in a table: only there.'
    return [
      'Missing rows are only in the sources, surplus rows only in live. To see why: reval explain <row>.',
      ...(tables === null || differing(tables) === 0 ? [] : [ofTables]),
      'To repair: reval verify --repair (what was built goes live), or --repair --rows (only these rows are refreshed).',
    ]
  }
  if (repaired.how === 'promote') return [`Repaired: what was built is live, run ${run}. reval rollback undoes it.`]
  if (repaired.remaining === 0) return ['Repaired: nothing differs any more.']
  return [`Repaired, but ${rows(repaired.remaining)} still differ. To replace them all: reval verify --repair`]
}

/** The latest verification, on one line; none if there was none. */
export function latestLines(latest: LatestVerificationView | null): string[] {
  if (latest === null) return []
  const { run, ageSeconds, isOfLive, hasDrift } = latest
  const differ = remaining(latest)
  const found = differ === 0 ? 'nothing differs' : `${rows(differ)} ${differ === 1 ? 'differs' : 'differ'}`
  const drift = hasDrift ? 'drift: ' : ''
  const former = isOfLive ? '' : '; another run is live now'
  return [`verified ${age(ageSeconds)} ago by run ${run}: ${drift}${found}${former}`]
}

function age(seconds: number): string {
  if (seconds < 120) return `${count(seconds)} s`
  return seconds < 7_200 ? `${count(Math.floor(seconds / 60))} minutes` : `${count(Math.floor(seconds / 3_600))} hours`
}
