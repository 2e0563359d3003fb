import type { Day } from '../../domain/day.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { Run, RunRequest, StillSending } from '../../ports/run-ledger.ts'
import type { SyncContext } from '../context.ts'
import { changeInstallation, changeRecord } from '../records.ts'
import { newRun } from '../run-state.ts'

/** The id of a run: when it was asked for, in a form that sorts by time, and what sets it apart. */
export function runIdAt(time: number, distinction: string): string {
  const instant = new Date(time)
    .toISOString()
    .replace(/[-:]|\..*$/g, '')
    .toLowerCase()
  return `${instant}-${distinction}`
}

/** What a run is asked for with. */
export interface Asking {
  readonly by: string
  readonly day: Day
  /** See `RunRequest.expect`. */
  readonly expect?: string | null
  /** See `RunRequest.senderGone`. */
  readonly senderGone?: string | null
}

/**
 * Asks for a run. The ledger's compare-and-set decides between two that ask at once: the other gets RUN_IN_PROGRESS,
 * whose details name the running one. Rejects SENDER_STILL_SENDING while a sender without run headers may still send
 * what an earlier run asked it for, unless `senderGone` says that it does not. The writer takes the run up; this does
 * not wait for it.
 */
export async function requestRun(
  { ledger, clock, newId }: Pick<SyncContext, 'ledger' | 'clock' | 'newId'>,
  { by, day, expect = null, senderGone = null }: Asking,
): Promise<Run> {
  const requestedAt = clock.now()
  const request: RunRequest = {
    id: runIdAt(requestedAt, newId()),
    day,
    requestedAt,
    requestedBy: by,
    expect,
    senderGone,
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
 * The record of a run that the installation names, made when it is not there yet: whoever asked may have died
 * between the two.
 */
export async function recordRun({ ledger }: Pick<SyncContext, 'ledger'>, request: RunRequest): Promise<Run> {
  const run = await changeRecord(ledger, 'run', request.id, (known) => (known === null ? newRun(request) : null))
  return run ?? newRun(request)
}
