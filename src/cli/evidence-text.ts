import type { RunView } from '../app/run-view.ts'
import { count, indented, table } from './output.ts'

type Evidence = NonNullable<RunView['evidence']>

/** How much of the checks to show: every pair of figures, or only those that differ. */
export type Detail = 'all figures' | 'what differs'

/** What the checks found, as text: the figures that were compared, rows read back, what differs from the run before. */
export function evidenceLines(evidence: Evidence, detail: Detail): string[] {
  const { accepted } = evidence
  if (isUnchecked(evidence)) return ['not checked: no run of ours built it']
  return [
    ...(evidence.stages === null ? [digestLine(evidence)] : []),
    ...checkLines(evidence, detail),
    ...likenessLines(evidence),
    ...(accepted === null ? [] : [`accepted as expected: ${accepted.reason}`]),
  ]
}

/** Whether there is nothing of a run in it: the generation is what the Java services built, or what was found after the ledger was lost. */
function isUnchecked({ stages, digests, checks, readBack }: Evidence): boolean {
  return stages === null && digests.compared === 0 && checks.length === 0 && readBack.rows === 0
}

/** Of a run of an earlier version, which recorded only the sums. */
function digestLine({ digests: { compared, different, skipped } }: Evidence): string {
  const rest = skipped === 0 ? '' : `, ${count(skipped)} skipped`
  return `digests of ${count(compared)} messages, ${count(different)} different${rest}`
}

function checkLines({ checks, readBack }: Evidence, detail: Detail): string[] {
  const read = `${count(readBack.rows)} rows read back, ${count(readBack.different.length)} different`
  if (checks.length === 0) return [`checked: ${read}`]
  const wrong = checks.filter(({ verdict }) => verdict === 'differs')
  const found = `${wrong.length === 0 ? 'none' : count(wrong.length)} of ${count(checks.length)} figures differ`
  const shown = detail === 'all figures' ? checks : wrong
  const rows = shown.map(({ what, left, right, verdict }) => [what, count(left), count(right), verdict])
  return [
    `checked: ${found}; ${read}`,
    ...(rows.length === 0 ? [] : indented(table(['figures', 'first', 'second', 'verdict'], rows))),
  ]
}

function likenessLines({ comparedWith, findings }: Evidence): string[] {
  if (comparedWith === null) return ['profile: not compared, no generation was live']
  const other = comparedWith === 'existing indexes' ? `the ${comparedWith}` : `run ${comparedWith.run}`
  if (findings.length === 0) return [`profile: compared with ${other}, all figures match`]
  const rows = findings.map(({ verdict, figure, before, now, why }) => [verdict, figure, before, now, why])
  return [
    `profile: compared with ${other}, ${count(findings.length)} ${findings.length === 1 ? 'figure differs' : 'figures differ'}`,
    ...indented(table(['verdict', 'figure', 'before', 'now', 'why'], rows)),
  ]
}
