import type { Day } from '../../domain/day.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { Purpose, Repair, Run, RunRequest, StillSending } from '../../ports/run-ledger.ts'
import type { SyncContext } from '../context.ts'
import { changeInstallation, changeRecord } from '../records.ts'
import { newRun } from '../run-state.ts'

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
}

/**
 * Requests a run; the writer picks it up later. Of two requests at once, compare-and-set lets one succeed; the other gets
 * RUN_IN_PROGRESS, whose details name the run. Rejects SENDER_STILL_SENDING while a sender without run headers may still
 * be sending for an earlier run, unless `senderGone` says that it has stopped.
 */
export async function requestRun(
  { ledger, clock, newId }: Pick<SyncContext, 'ledger' | 'clock' | 'newId'>,
  { by, day, expect = null, senderGone = null, purpose = 'sync', repair = null }: RunRequestOptions,
): Promise<Run> {
  const requestedAt = clock.now()
  const request: RunRequest = {
    id: runIdAt(requestedAt, newId()),
    day,
    requestedAt,
    requestedBy: by,
    expect,
    senderGone,
    purpose,
    repair,
  }
  await changeInstallation(ledger, (installation) => {
    if (installation.currentRun !== null) {
      const run = installation.currentRun.id
      throw new RevalError('RUN_IN_PROGRESS', `run ${run} is in progress`, { details: { run } })
    }
    if (senderGone === null) refuseWhileSending(installation.stillSending)
    return { ...installation, currentRun: request, stillSending: [] }
  })
  return recordRun({ ledger }, request)
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
