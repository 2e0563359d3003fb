import { INDEX_NAMES, type IndexName } from '../../../domain/lists.ts'
import type { Check, Run, RunEvidence } from '../../../ports/run-ledger.ts'
import type { Table } from '../../components/table.ts'
import { runTime } from '../../runs/run-name.ts'
import { LIST_NAMES } from '../../words/lists.ts'
import { count, counted, difference } from '../../words/numbers.ts'

/** What the checks of a run compared. */
export interface ChecksShown {
  /** Whether they passed, in a sentence. */
  readonly sentence: string
  readonly figures: Table | null
  /** What differs from the run before. */
  readonly likeness: Table | null
  readonly likenessSentence: string
  /** On contents, and on what was read back. */
  readonly notes: readonly string[]
}

const VERDICTS = {
  same: 'Same',
  differs: 'Differs',
  'not compared': 'Not compared',
} as const satisfies Readonly<Record<Check['verdict'], string>>

/** Null before a run was checked. */
export function checksShown({ evidence }: Pick<Run, 'evidence'>, comparedWith: Run | null): ChecksShown | null {
  if (evidence === null) return null
  return {
    sentence: checksSentence(evidence),
    figures: figuresTable(evidence.checks),
    likeness: likenessTable(evidence.findings),
    likenessSentence: likenessSentence(evidence, comparedWith),
    notes: [digestsNote(evidence.digests), readBackNote(evidence.readBack)],
  }
}

function checksSentence({ checks, refusal, accepted }: RunEvidence): string {
  if (refusal !== null) return `It may not go live automatically: ${refusal.reason}.`
  if (accepted !== null) return `Accepted, because it was expected: ${accepted.reason}.`
  const differ = checks.filter(({ verdict }) => verdict === 'differs').length
  return differ === 0 ? 'All checks passed.' : `${counted(differ, 'pair of figures', 'pairs of figures')} differ.`
}

function figuresTable(checks: readonly Check[]): Table | null {
  if (checks.length === 0) return null
  return {
    caption: 'Figures that must be the same',
    columns: [
      { text: 'Figures' },
      { text: 'First', isNumeric: true },
      { text: 'Second', isNumeric: true },
      { text: 'Result' },
    ],
    rows: checks.map(({ what, left, right, verdict }) => [
      { text: figureInWords(what) },
      { text: count(left) },
      { text: count(right) },
      { text: VERDICTS[verdict] },
    ]),
  }
}

function likenessTable(findings: RunEvidence['findings']): Table | null {
  if (findings.length === 0) return null
  const shown = (figure: number | string): string => (typeof figure === 'number' ? count(figure) : figure)
  return {
    caption: 'Figures that differ from the run before',
    columns: [
      { text: 'Figure' },
      { text: 'Before', isNumeric: true },
      { text: 'Now', isNumeric: true },
      { text: 'Difference' },
      { text: 'Result' },
    ],
    rows: findings.map(({ figure, before, now, verdict, why }) => [
      { text: figureInWords(figure) },
      { text: shown(before) },
      { text: shown(now) },
      { text: why },
      { text: verdict === 'held back' ? 'Holds the run back' : 'Warning' },
    ]),
  }
}

/** Whole words: one name is the end of another. */
const NAMES = new RegExp(`\\b(${INDEX_NAMES.join('|')})\\b`, 'g')

/** With the names of the lists: `rows of connectedindex` are Rows of Connected. */
function figureInWords(figure: string): string {
  const named = figure.replace(NAMES, (name) => LIST_NAMES[name as IndexName])
  return `${named.charAt(0).toUpperCase()}${named.slice(1)}`
}

function likenessSentence({ comparedWith, findings }: RunEvidence, other: Run | null): string {
  if (comparedWith === null) return 'Not compared with an earlier run: nothing was live.'
  const name =
    comparedWith === 'existing indexes'
      ? 'the lists that another system had left'
      : other === null
        ? `run ${comparedWith.run}`
        : `the run of ${runTime(other)}`
  if (findings.length === 0) return `Compared with ${name}: no figure differs more than it may.`
  return `Compared with ${name}: ${counted(findings.length, 'figure differs', 'figures differ')} more than usual.`
}

function digestsNote({ compared, different, skipped }: RunEvidence['digests']): string {
  if (compared === 0) return 'Contents of messages were not compared.'
  const result = different === 0 ? 'all are as they were sent' : `${count(different)} differ from what was sent`
  const rest = skipped === 0 ? '' : ` ${count(skipped)} could not be compared.`
  return `Contents of ${counted(compared, 'message')} were compared: ${result}.${rest}`
}

function readBackNote({ rows, different }: RunEvidence['readBack']): string {
  if (rows === 0) return 'No rows were read back.'
  const result = different.length === 0 ? 'all are as they were written' : `${count(different.length)} differ`
  return `${counted(rows, 'row')} were read back: ${result}.`
}

/** The rows of each list, and the difference to the run that was live when this one was checked. */
export function countsTable({ evidence }: Pick<Run, 'evidence'>, comparedWith: Run | null): Table | null {
  if (evidence === null) return null
  const { indexes } = evidence.profile
  const before = comparedWith?.evidence?.profile.indexes
  return {
    caption: 'Rows of the lists',
    columns: [
      { text: 'List' },
      { text: 'Rows', isNumeric: true },
      { text: 'Since the run that was live then', isNumeric: true },
    ],
    rows: INDEX_NAMES.map((name) => [
      { text: LIST_NAMES[name] },
      { text: count(indexes[name]) },
      { text: evidence.comparedWith === null ? 'No earlier run' : difference(indexes[name], before?.[name]) },
    ]),
  }
}

/** How many rows have what, in a sentence; empty before a run was checked. */
export function partsSentence({ evidence }: Pick<Run, 'evidence'>): string {
  if (evidence === null) return ''
  const { withTrainee, withoutTrainee, withReason } = evidence.profile
  return `${counted(withTrainee, 'row')} have a trainee, ${count(withoutTrainee)} have none, ${count(withReason)} have an exception reason.`
}
