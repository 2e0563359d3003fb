import * as z from 'zod'
import { KEPT } from '../../app/json/parts.ts'
import { PROMOTED_RUN, ROLLED_BACK, RUNS, STATUS } from '../../app/json/results.ts'
import { PROCESSES } from '../../app/json/processes.ts'
import { RUN } from '../../app/json/run.ts'
import type { RunView } from '../../app/run-view.ts'
import { ERROR_CODES } from '../../errors/codes.ts'

// Runs as routes answer them, with the remedies of the command line in place of those for callers of HTTP.

function forCommands<View extends RunView>(view: View): View {
  return { ...view, failure: view.failure && { ...view.failure, remedy: ERROR_CODES[view.failure.code] } }
}

export const REMOTE_RUN = RUN.transform(forCommands)
export const REMOTE_STATUS = STATUS.transform(forCommands)
export const REMOTE_PROMOTED = PROMOTED_RUN.transform(forCommands)
/** Version 1.0.0 says neither `java` nor `asOf`. */
export const REMOTE_RUNS = RUNS.extend({ java: RUNS.shape.java.default(null) }).transform((view) => ({
  ...view,
  runs: view.runs.map(forCommands),
}))
export const REMOTE_ROLLED_BACK = ROLLED_BACK.extend({ asOf: ROLLED_BACK.shape.asOf.default(null) })
// Of `GET /api/sync/status`, what commands use.

export const REMOTE_PROCESSES = z.object(PROCESSES.shape)
export const REMOTE_KEPT = z.object({
  current: RUN.pick({ id: true, purpose: true }).nullable(),
  live: KEPT.nullable(),
  previous: KEPT.nullable(),
  heldBack: KEPT.nullable(),
})
