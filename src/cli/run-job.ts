import type { Run } from '../ports/run-ledger.ts'
import type { CommandContext } from './command.ts'
import { runElsewhere } from './run-elsewhere.ts'
import { runHere } from './run-here.ts'

/** Runs the job to its end: with files of this machine in this process, with servers by the integration service. */
export function runJob(context: CommandContext): Promise<Run> {
  return context.config.backends === 'embedded' ? runHere(context) : runElsewhere(context)
}
