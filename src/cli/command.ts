import type { Command } from 'commander'
import { Option } from 'commander'
import type { LogDestination } from '../app/log-destination.ts'
import { readConfig, type Config } from '../config/config.ts'
import type { Role } from '../config/roles.ts'
import { invocationOf } from './invocation.ts'
import { createOutput, type Output } from './output.ts'

/** What every command gets: the validated configuration, and its output. */
export interface CommandContext {
  readonly config: Config
  readonly output: Output
  /** Where the log goes; absent: standard error. */
  readonly log?: LogDestination | undefined
  /** Aborted when the command should stop. */
  readonly signal: AbortSignal
  /** Sets the exit status of a command that ends without an error; 0 unless it is called. */
  readonly exitWith: (status: number) => void
}

/** Options of every command. */
interface SharedOptions {
  readonly dataDir?: string
  readonly json?: boolean
}

export const DATA_DIR = new Option(
  '--data-dir <directory>',
  'data directory of the embedded backends (REVAL_DATA_DIR, default ./data)',
)
export const JSON_OUTPUT = new Option('--json', 'print data and errors as JSON')

export interface CommandOptions<Options> {
  /** Environment variables that options of this command set. */
  readonly settings?: (options: Options) => Record<string, string | undefined>
  /** Defaults of this command for variables that are not set. */
  readonly defaults?: Record<string, string>
  /** The roles of this process, by its arguments: their required settings must be set. */
  readonly roles?: (args: readonly string[]) => readonly Role[]
  /** The exit status if it fails, other than by a usage error: 1 by default. */
  readonly failureStatus?: number
}

/** Adds the action to a command. The whole configuration is read before the action starts. */
export function command<Options extends SharedOptions>(
  declared: Command,
  action: (context: CommandContext, options: Options, args: readonly string[]) => Promise<void>,
  { settings = () => ({}), defaults = {}, roles = () => ['reader'], failureStatus }: CommandOptions<Options> = {},
): Command {
  return declared.addOption(DATA_DIR).action(async () => {
    const { environment, streams, log, stopSignal, exitStatus } = invocationOf(declared)
    exitStatus.failed = failureStatus ?? exitStatus.failed
    const options = declared.opts<Options>()
    const given = { REVAL_DATA_DIR: options.dataDir, ...settings(options) }
    const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
    const config = readConfig({ ...defaults, ...environment, ...set }, {}, roles(declared.args))
    const output = createOutput(streams, { json: options.json ?? false })
    const exitWith = (status: number) => {
      exitStatus.done = status
    }
    await action({ config, output, log, signal: stopSignal(), exitWith }, options, declared.args)
  })
}
