import type { Run } from '../ports/run-ledger.ts'
import type { Asking } from '../sync/lead/run-request.ts'
import type { CommandContext } from './command.ts'
import { runElsewhere } from './run-elsewhere.ts'
import { runHere } from './run-here.ts'

/** What whoever asks for a run says of it. */
export type RunOptions = Pick<Asking, 'expect' | 'senderGone'>

/** Runs the job to its end: with files of this machine in this process, with servers by the integration service. */
export function runJob(context: CommandContext, wish: RunOptions = {}): Promise<Run> {
  return context.config.backends === 'embedded' ? runHere(context, wish) : runElsewhere(context, wish)
}
