import { Command, CommanderError } from 'commander'
import { VERSION } from '../app/version.ts'
import { asRevalError } from '../errors/reval-error.ts'
import type { LoadProgram } from './commands/completion.ts'
import { EXIT, exitStatusOf } from './exit-status.ts'
import { invoke, type Invocation } from './invocation.ts'
import { createOutput } from './output.ts'

/** For scripts of `reval completion`. */
const HIDDEN = 'complete'

/** In the order of the help. A command is loaded only when used, so that it does not load what others need. */
const COMMANDS: Readonly<Record<string, (load: LoadProgram) => Promise<Command>>> = {
  load: async () => (await import('./commands/load.ts')).loadCommand(),
  'demo-data': async () => (await import('./commands/demo-data.ts')).demoDataCommand(),
  sync: async () => (await import('./commands/sync.ts')).syncCommand(),
  export: async () => (await import('./commands/export.ts')).exportCommand(),
  list: async () => (await import('./commands/list.ts')).listCommand(),
  find: async () => (await import('./commands/find.ts')).findCommand(),
  compare: async () => (await import('./commands/compare.ts')).compareCommand(),
  verify: async () => (await import('./commands/verify.ts')).verifyCommand(),
  explain: async () => (await import('./commands/explain.ts')).explainCommand(),
  runs: async () => (await import('./commands/runs.ts')).runsCommand(),
  status: async () => (await import('./commands/status.ts')).statusCommand(),
  rollback: async () => (await import('./commands/operator.ts')).rollbackCommand(),
  cancel: async () => (await import('./commands/operator.ts')).cancelCommand(),
  adopt: async () => (await import('./commands/adopt.ts')).adoptCommand(),
  promote: async () => (await import('./commands/operator.ts')).promoteCommand(),
  discard: async () => (await import('./commands/operator.ts')).discardCommand(),
  resync: async () => (await import('./commands/resync.ts')).resyncCommand(),
  failures: async () => (await import('./commands/failures.ts')).failuresCommand(),
  erase: async () => (await import('./commands/erase.ts')).eraseCommand(),
  schedule: async () => (await import('./commands/schedule.ts')).scheduleCommand(),
  notify: async () => (await import('./commands/notify.ts')).notifyCommand(),
  audit: async () => (await import('./commands/audit.ts')).auditCommand(),
  start: async () => (await import('./commands/start.ts')).startCommand(),
  config: async () => (await import('./commands/config.ts')).configCommand(),
  demo: async () => (await import('./commands/demo.ts')).demoCommand(),
  completion: async () => (await import('./commands/completion.ts')).completionCommand(),
  [HIDDEN]: async (load) => (await import('./commands/completion.ts')).completeCommand(load),
  errors: async () => (await import('./commands/reference.ts')).errorsCommand(),
  settings: async () => (await import('./commands/reference.ts')).settingsCommand(),
}

async function program(named: string | undefined, invocation: Invocation): Promise<Command> {
  const root = new Command('reval')
    .description(
      'Rebuilds the five search indexes of medical revalidation and verifies each rebuild before it goes live.',
    )
    .version(VERSION, '--version', 'show the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'Show the help of a command')
    .showHelpAfterError('See reval --help.')
    .exitOverride()
  writeTo(invocation, root)
  invoke(root, invocation)
  const chosen = Object.keys(COMMANDS).filter((name) => name === named)
  // For the help, and for unknown commands.
  for (const name of chosen.length > 0 ? chosen : Object.keys(COMMANDS)) {
    const each = await COMMANDS[name]?.((other) => program(other, invocation))
    if (each === undefined) continue
    root.addCommand(writeTo(invocation, withUsageErrors(each, 'reval')), { hidden: name === HIDDEN })
  }
  return root
}

/** Usage errors of a command and its subcommands are thrown, after a line that names the help. */
function withUsageErrors(each: Command, parent: string): Command {
  const name = `${parent} ${each.name()}`
  if (each.commands.length > 0) each.helpCommand(false)
  for (const inner of each.commands) withUsageErrors(inner, name)
  return each.helpOption('-h, --help', 'show help').showHelpAfterError(`See ${name} --help.`).exitOverride()
}

/** Help and usage errors of a command and its subcommands go where the invocation has its output. */
function writeTo(invocation: Invocation, each: Command): Command {
  const { streams } = invocation
  for (const inner of each.commands) writeTo(invocation, inner)
  return each.configureOutput({
    writeOut: (text) => streams.print(text),
    writeErr: (text) => streams.complain(text),
  })
}

/** The exit status: that of the command, 0 after showing help, or that of a usage error, which Commander has printed. */
async function carryOut(args: readonly string[], invocation: Invocation): Promise<number> {
  try {
    const root = await program(args[0], invocation)
    await root.parseAsync(args, { from: 'user' })
    return invocation.exitStatus.done
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? EXIT.done : EXIT.usage
  }
}

/** Carries out a command. Resolves with the exit status; errors are printed. */
export async function runProgram(args: readonly string[], invocation: Invocation): Promise<number> {
  const { streams, exitStatus } = invocation
  try {
    const status = await carryOut(args, invocation)
    await streams.allWritten()
    return status
  } catch (error) {
    const coded = asRevalError(error)
    createOutput(streams, {
      json: args.includes('--json'),
      color: !args.includes('--no-color'),
      environment: invocation.environment,
    }).fail(coded)
    if (coded.code === 'INTERNAL' && error instanceof Error) streams.complain(`${error.stack ?? ''}\n`)
    return coded.code === 'USAGE' ? EXIT.usage : (exitStatus.failed ?? exitStatusOf(coded.code))
  }
}
