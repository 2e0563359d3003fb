import { Command, CommanderError } from 'commander'
import { asRevalError } from '../errors/reval-error.ts'
import { cancelCommand, promoteCommand, rollbackCommand } from './commands/undo.ts'
import { demoCommand } from './commands/demo.ts'
import { demoDataCommand } from './commands/demo-data.ts'
import { errorsCommand, settingsCommand } from './commands/reference.ts'
import { exportCommand } from './commands/export.ts'
import { loadCommand } from './commands/load.ts'
import { runsCommand } from './commands/runs.ts'
import { startCommand } from './commands/start.ts'
import { statusCommand } from './commands/status.ts'
import { syncCommand } from './commands/sync.ts'
import { createOutput, isBrokenPipe } from './output.ts'

const COMMANDS = [
  loadCommand,
  demoDataCommand,
  syncCommand,
  exportCommand,
  runsCommand,
  statusCommand,
  rollbackCommand,
  cancelCommand,
  promoteCommand,
  startCommand,
  demoCommand,
  errorsCommand,
  settingsCommand,
]

/** Usage errors have a status of their own, so that a script can tell them from a job that failed. */
const USAGE_STATUS = 2

function program(): Command {
  const root = new Command('reval')
    .description('Rebuilds the five search indexes of revalidation, and proves each rebuild before it goes live.')
    .showHelpAfterError('(reval <command> --help says more)')
    .exitOverride()
  for (const create of COMMANDS) root.addCommand(create().exitOverride().showHelpAfterError())
  return root
}

async function main(args: readonly string[]): Promise<number> {
  try {
    await program().parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    // Commander has said what was wrong, or has shown the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_STATUS
    if (isBrokenPipe(error)) return 0
    const coded = asRevalError(error)
    createOutput({ json: args.includes('--json') }).fail(coded)
    if (coded.code === 'INTERNAL' && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`)
    return coded.code === 'USAGE' ? USAGE_STATUS : 1
  }
}

// A reader that goes away (`| head`) is no error of ours; `writeOut` notices and stops.
process.stdout.on('error', (error) => {
  if (!isBrokenPipe(error)) throw error
})

process.exitCode = await main(process.argv.slice(2))
