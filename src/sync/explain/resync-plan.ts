import { assemble } from '../../domain/assemble.ts'
import { comparedValue, rowDifference } from '../../domain/comparison.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { PlannedWrite, RefreshPlan } from '../refresh/plan.ts'
import type { ResyncChange, ResyncPlan } from './explanation.ts'
import { known, notKnown, type Known } from './known.ts'
import type { PatientSources } from './patient-sources.ts'

/** What a resync would change in live; not known if a source cannot be read, which would look as if it were empty. */
export function resyncOf(
  plan: PromiseSettledResult<RefreshPlan> | undefined,
  sources: PatientSources,
): Known<ResyncPlan> {
  if (plan === undefined)
    return notKnown(new RevalError('NOTHING_LIVE', 'nothing is live that this version can refresh'))
  if (plan.status === 'rejected') return notKnown(plan.reason)
  if (!sources.areAllKnown) return notKnown(new RevalError('SOURCE_FAILED', 'not every source can be read'))
  const { writes, refused } = plan.value
  return known({ changes: writes.map(changeOf), refused })
}

function changeOf({ id, op, before, after }: PlannedWrite): ResyncChange {
  const wanted = after === null ? null : { row: after, document: assemble(after.parts), wrongKeys: [] }
  const fields = op === 'replace' && wanted !== null ? (rowDifference(before, wanted)?.fields ?? []) : []
  return {
    id,
    op,
    fields: fields.map((field) => ({
      field,
      before: before === null ? null : comparedValue(before, field),
      after: wanted === null ? null : comparedValue(wanted, field),
    })),
  }
}
