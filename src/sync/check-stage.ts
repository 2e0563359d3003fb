import { RevalError } from '../errors/reval-error.ts'
import type { GenerationId } from '../ports/index-store.ts'
import type { Run } from '../ports/run-ledger.ts'
import { refusalOf, type Evidence, type Refusal } from './checks.ts'
import type { SyncContext } from './context.ts'
import { countNewFailures } from './new-failures.ts'
import { readInstallation } from './records.ts'
import { claimOf, SENDER, type SendStage } from './send-stage.ts'

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
    reasonsRead: (await claimOf(context, run, 'lists', 'connection'))?.totals?.rows ?? 0,
    newFailures: await countNewFailures(context.ledger, run.id, live?.id ?? null),
    live: live?.counts == null ? null : { counts: live.counts, doctorsSent: live.stages.doctors?.rows ?? 0 },
  }
  return { run: { ...run, counts }, refusal: refusalOf(evidence, context.settings) }
}

async function accountOf(context: SyncContext, run: Run, stage: SendStage) {
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
