import type { ErrorCode } from '../../errors/codes.ts'
import { asRevalError } from '../../errors/reval-error.ts'
import { LATEST } from '../../ports/verification.ts'
import type { WriterContext } from '../lease/writer.ts'
import { readInstallation } from '../records.ts'
import { repeat } from '../wait/repeat.ts'
import { requestVerification } from './verification-request.ts'

const LOOK_EVERY_MS = 60_000
/** The maximum time before a verification without a result is requested again. */
const AGAIN_MS = 60 * 60_000

/** Reasons to postpone it: a run is in progress, nothing is live, or an operator has to act first. */
const NOT_NOW: readonly ErrorCode[] = ['RUN_IN_PROGRESS', 'NOTHING_LIVE', 'SENDER_STILL_SENDING']

/**
 * Requests verifications as the writer, until the signal is aborted: each `verifyEveryMs` after the one before ended, by its
 * record, so that a restart does not matter; the first at once. `onRequested` is called after each request.
 */
export async function keepVerifying(
  context: WriterContext,
  onRequested: () => void,
  signal: AbortSignal,
): Promise<void> {
  const { ledger, clock, settings } = context
  if (settings.verifyEveryMs === 0) return
  let requestedAt: number | null = null
  await repeat(context, { doing: 'requesting a verification', everyMs: LOOK_EVERY_MS }, signal, async () => {
    const endedAt = (await ledger.read('verification', LATEST))?.value.finishedAt ?? null
    if (!isDue({ endedAt, requestedAt, now: clock.now(), everyMs: settings.verifyEveryMs })) return
    if ((await readInstallation(ledger)).currentRun !== null) return
    try {
      await requestVerification(context, { by: 'the schedule', repair: null })
      requestedAt = clock.now()
      onRequested()
    } catch (error) {
      if (!NOT_NOW.includes(asRevalError(error).code)) throw error
    }
  })
}

/**
 * Whether a verification is due. `endedAt`: when the last one with a result ended; `requestedAt`: when the schedule requested
 * the last one, which may have had none.
 */
export function isDue({
  endedAt,
  requestedAt,
  now,
  everyMs,
}: {
  readonly endedAt: number | null
  readonly requestedAt: number | null
  readonly now: number
  readonly everyMs: number
}): boolean {
  if (requestedAt !== null && now - requestedAt < Math.min(everyMs, AGAIN_MS)) return false
  return endedAt === null || now - endedAt >= everyMs
}
