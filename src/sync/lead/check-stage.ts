import { RevalError } from '../../errors/reval-error.ts'
import type { GenerationCounts, GenerationId } from '../../ports/index-store.ts'
import type { Run, SendStage } from '../../ports/run-ledger.ts'
import { refusalOf, type Evidence, type Refusal } from './checks.ts'
import type { SyncContext } from '../context.ts'
import { countNewFailures } from './new-failures.ts'
import { readInstallation } from './records.ts'
import { unprovedOf } from './run-state.ts'
import { claimOf, SENDER } from './send-stage.ts'
import { unprovedAttempt } from './unproved-stage.ts'

/** Counts the generation, and says why it may not go live by itself; `refusal` is null when it may. */
export async function checkGeneration(
  context: SyncContext,
  run: Run,
  generation: GenerationId,
): Promise<{ run: Run; refusal: Refusal | null }> {
  const counts = await context.store.count(generation, run.day)
  const live = await liveRun(context)
  const evidence: Evidence = {
    counts,
    trainees: await accountOf(context, run, 'trainees'),
    doctors: await accountOf(context, run, 'doctors'),
    unproved: unprovedOf(run),
    reasonsRead: (await claimOf(context, run, 'lists', 'connection'))?.totals?.rows ?? 0,
    newFailures: await countNewFailures(context.ledger, run.id, live?.id ?? null),
    live: live?.counts == null ? null : { counts: live.counts, doctorsSent: doctorsSentIn(live, live.counts) },
  }
  return { run: { ...run, counts }, refusal: refusalOf(evidence, context.settings) }
}

/** Of a generation that was adopted nobody knows what was sent; its rows without a trainee were doctors. */
function doctorsSentIn({ stages }: Run, { withoutTrainee }: GenerationCounts): number {
  return stages.doctors?.rows ?? withoutTrainee
}

async function accountOf(context: SyncContext, run: Run, stage: SendStage) {
  if (unprovedOf(run).includes(stage)) {
    const manifest = await context.ledger.manifest(run.id, stage, unprovedAttempt(run))
    return { totals: { messages: manifest.messages, rows: manifest.rows, failedRows: 0 }, manifest }
  }
  const claim = await claimOf(context, run, stage, SENDER[stage])
  if (claim?.totals == null) {
    throw new RevalError('LEDGER_FAILED', `the totals of ${stage} are not in the ledger any more`)
  }
  return { totals: claim.totals, manifest: await context.ledger.manifest(run.id, stage, claim.attempt) }
}

async function liveRun({ ledger }: SyncContext): Promise<Run | null> {
  const { live } = await readInstallation(ledger)
  return live === null ? null : ((await ledger.read('run', live.run))?.value ?? null)
}
