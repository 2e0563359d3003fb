import type { RunView } from '../app/run-view.ts'
import type { Repair } from '../ports/run-ledger.ts'
import { requestVerification } from '../sync/lead/verification-request.ts'
import { audited } from './audited.ts'
import { withReader } from './backends.ts'
import type { CommandContext } from './command.ts'
import { runElsewhere } from './run-elsewhere.ts'
import { refuseLeft, runHere, type Job } from './run-job.ts'

/**
 * Verifies what is live: in the integration service that is the writer, or in this process if there is none on embedded
 * backends. Resolves with the run as it ended. Rejects NOTHING_LIVE, RUN_IN_PROGRESS, or as `runHere` and `runElsewhere` do.
 */
export async function verifyJob(context: CommandContext, repair: Repair | null): Promise<RunView> {
  const job: Job = {
    purpose: 'verify',
    request: (asking) =>
      audited(asking, { what: 'reval verify', subject: { repair } }, () =>
        requestVerification(asking, { by: 'reval verify', repair }),
      ),
    remotely: { route: '/api/sync/verify', body: { repair } },
    readsByKey: repair === 'rows',
  }
  return (await isWriterElsewhere(context)) ? runElsewhere(context, job) : runHere(context, job)
}

/** Rejects RUN_IN_PROGRESS if a process that is gone left a sync: this one would have to finish it first. */
async function isWriterElsewhere({ config, remote }: CommandContext): Promise<boolean> {
  if (remote !== null || config.backends === 'servers') return true
  return withReader(config, async (backends) => {
    if (await backends.hasActiveWriter()) return true
    await refuseLeft(backends, 'verify')
    return false
  })
}
