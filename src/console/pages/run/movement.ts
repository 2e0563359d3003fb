import type { ComparisonSummary } from '../../../domain/comparison.ts'
import type { Run } from '../../../ports/run-ledger.ts'
import { differing } from '../../../sync/verify/findings.ts'
import { count, counted } from '../../words/numbers.ts'

/** How what a run built differs from what was live, in a sentence; null if they were not compared. */
export function movementSentence({
  comparison,
  verification,
  state,
}: Pick<Run, 'comparison' | 'verification' | 'state'>): string | null {
  if (verification !== null) {
    const { rows, missing, surplus, different, settled } = verification
    const rest =
      settled === 0 ? '' : ` ${counted(settled, 'row')} differed at first, because changes were on their way.`
    if (differing(verification) === 0) return `All ${counted(rows.built, 'row')} are as the sources say.${rest}`
    return `${count(missing)} missing, ${count(surplus)} surplus and ${count(different)} different rows.${rest}`
  }
  if (comparison === null) return null
  const { missing, surplus, different } = comparison.summary
  if (missing + surplus + different === 0) return 'It has the same rows as what was live.'
  const { enter, leave } = allLists(comparison.summary)
  const rows = `${counted(missing, 'row is', 'rows are')} new, ${count(surplus)} gone and ${count(different)} different.`
  const moved = state === 'held back' ? (['would enter', 'would leave'] as const) : (['entered', 'left'] as const)
  return `${rows} Doctors ${moved[0]} a list ${counted(enter, 'time')} and ${moved[1]} one ${counted(leave, 'time')}.`
}

function allLists({ lists }: ComparisonSummary): { readonly enter: number; readonly leave: number } {
  // Recommendation has the rows of Master.
  const { connectedindex, disconnectedindex, exceptionindex } = lists
  return [connectedindex, disconnectedindex, exceptionindex].reduce(
    (sum, { all }) => ({ enter: sum.enter + all.enter, leave: sum.leave + all.leave }),
    { enter: 0, leave: 0 },
  )
}
