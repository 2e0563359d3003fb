import type { Day } from '../../domain/day.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { Purpose, Repair, Run, RunRequest, StillSending } from '../../ports/run-ledger.ts'
import type { SyncContext } from '../context.ts'
import { changeInstallation, changeRecord } from '../records.ts'
import { newRun } from '../run-state.ts'
import { refuseChanged } from './installation-seen.ts'

/** The id of a run: the time of its request, in a form that sorts by time, and a suffix that makes it unique. */
export function runIdAt(time: number, suffix: string): string {
  const instant = new Date(time)
    .toISOString()
    .replace(/[-:]|\..*$/g, '')
    .toLowerCase()
  return `${instant}-${suffix}`
}

/** How a run is requested. */
export interface RunRequestOptions {
  readonly by: string
  readonly day: Day
  /** See `RunRequest.expect`. */
  readonly expect?: string | null
  /** See `RunRequest.senderGone`. */
  readonly senderGone?: string | null
  readonly purpose?: Purpose
  readonly repair?: Repair | null
  /** See `RunRequest.request`. */
  readonly request?: string | null
  /** What the person saw who decided (`installationSeen`); null for no condition. */
  readonly seen?: string | null
}

/** Among how many of the latest runs one is looked for that was requested before with the same id. */
const RECENT_RUNS = 50

/**
 * Requests a run; the writer picks it up later. Of two requests at once, compare-and-set lets one succeed; the other gets
 * RUN_IN_PROGRESS, whose details name the run. Rejects SENDER_STILL_SENDING while a sender without run headers may still
 * be sending for an earlier run, unless `senderGone` says that it has stopped; STATE_CHANGED if the installation is not as it was
 * seen. Resolves with the run that the same `request` started before, if it is one of the latest.
 */
export async function requestRun(
  { ledger, clock, newId }: Pick<SyncContext, 'ledger' | 'clock' | 'newId'>,
  {
    by,
    day,
    expect = null,
    senderGone = null,
    purpose = 'sync',
    repair = null,
    request = null,
    seen = null,
  }: RunRequestOptions,
): Promise<Run> {
  const requestedAt = clock.now()
  const asked: RunRequest = {
    id: runIdAt(requestedAt, newId()),
    day,
    requestedAt,
    requestedBy: by,
    expect,
    senderGone,
    purpose,
    repair,
    request,
  }
  const isSame = (run: RunRequest) => request !== null && run.request === request
  const earlier = request === null ? undefined : (await ledger.runs(RECENT_RUNS)).find(isSame)
  if (earlier !== undefined) return earlier
  const { currentRun } = await changeInstallation(ledger, (installation) => {
    if (installation.currentRun !== null && isSame(installation.currentRun)) return null
    refuseChanged(seen, installation)
    if (installation.currentRun !== null) {
      const run = installation.currentRun.id
      throw new RevalError('RUN_IN_PROGRESS', `run ${run} is in progress`, { details: { run } })
    }
    if (senderGone === null) refuseWhileSending(installation.stillSending)
    return { ...installation, currentRun: asked, stillSending: [] }
  })
  return recordRun({ ledger }, currentRun ?? asked)
}

function refuseWhileSending(stillSending: readonly StillSending[]): void {
  if (stillSending.length === 0) return
  const what = stillSending.map(({ stage, run }) => `${stage} of run ${run}`).join(', ')
  throw new RevalError('SENDER_STILL_SENDING', `a sender without run headers may still be sending: ${what}`)
}

/**
 * The record of a run that the installation names. Creates it if it is missing: the requesting process may have died in
 * between.
 */
export async function recordRun({ ledger }: Pick<SyncContext, 'ledger'>, request: RunRequest): Promise<Run> {
  const run = await changeRecord(ledger, 'run', request.id, (known) => (known === null ? newRun(request) : null))
  return run ?? newRun(request)
}
