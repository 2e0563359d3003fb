import type { Command } from 'commander'
import { Option } from 'commander'
import { readConfig, type Config } from '../config/config.ts'
import type { Role } from '../config/roles.ts'
import { environment } from '../config/environment.ts'
import { createOutput, type Output } from './output.ts'

/** What every command gets: the validated configuration, and what it prints with. */
export interface CommandContext {
  readonly config: Config
  readonly output: Output
  /** Aborted when the process is asked to end. */
  readonly signal: AbortSignal
}

/** Options that every command understands. */
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
  /** Environment variables that options of this command stand for. */
  readonly settings?: (options: Options) => Record<string, string | undefined>
  /** What applies where nothing is set. */
  readonly defaults?: Record<string, string>
  /** What this process is there for, by its arguments: what these roles need has to be set. */
  readonly roles?: (args: readonly string[]) => readonly Role[]
}

/** A command with its action. The configuration is read, whole, before the action begins. */
export function command<Options extends SharedOptions>(
  declared: Command,
  action: (context: CommandContext, options: Options, args: readonly string[]) => Promise<void>,
  { settings = () => ({}), defaults = {}, roles = () => ['reader'] }: CommandOptions<Options> = {},
): Command {
  return declared.addOption(DATA_DIR).action(async () => {
    const options = declared.opts<Options>()
    const given = { REVAL_DATA_DIR: options.dataDir, ...settings(options) }
    const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
    const config = readConfig({ ...defaults, ...environment(), ...set }, {}, roles(declared.args))
    await action(
      { config, output: createOutput({ json: options.json ?? false }), signal: endOfProcess() },
      options,
      declared.args,
    )
  })
}

let ending: AbortController | null = null

/** Aborted by SIGINT or SIGTERM; a second signal ends the process at once, as usual. */
function endOfProcess(): AbortSignal {
  if (ending === null) {
    const controller = new AbortController()
    ending = controller
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort(name))
  }
  return ending.signal
}
