import { forgetOldRuns } from '../lead/housekeeping.ts'
import type { Exclusively } from '../lead/request-answers.ts'
import { forgetAnswers } from '../lead/writer-request.ts'
import type { WriterContext } from '../lease/writer.ts'
import { repeat } from '../wait/repeat.ts'
import { together } from '../wait/together.ts'
import { expireAudit } from './expire-audit.ts'
import { expireLetters, expireRows, expireRuns } from './expire-failures.ts'
import { expireGenerations } from './expire-generations.ts'

/** How often what is too old is removed; the first time when a process becomes the writer. */
const EVERY_MS = 60 * 60_000

/** Removes what is older than the retention allows, at intervals, until the signal is aborted. */
export function retain(context: WriterContext, exclusively: Exclusively, signal: AbortSignal): Promise<void> {
  const hourly = (doing: string, action: (each: AbortSignal) => Promise<void>) => (each: AbortSignal) =>
    repeat(context, { doing, everyMs: EVERY_MS }, each, () => action(each))
  return together(signal, [
    hourly('removing old dead letters', (each) => expireLetters(context, each)),
    // Otherwise a failure that a refresh removes meanwhile would come back.
    hourly('masking old failed rows', () => exclusively(() => expireRows(context))),
    hourly('removing old failed rows', () => expireRuns(context)),
    hourly('dropping old generations', () => exclusively(() => expireGenerations(context))),
    hourly('removing old runs', () => forgetOldRuns(context)),
    hourly('removing old audit entries', () => expireAudit(context)),
    hourly('removing old answers', () => forgetAnswers(context)),
  ])
}
