import type { Command } from 'commander'
import { Option } from 'commander'
import type { LogDestination } from '../app/log-destination.ts'
import { readConfig, type Config } from '../config/config.ts'
import type { Environment } from '../config/read-settings.ts'
import type { Role } from '../config/roles.ts'
import { RevalError } from '../errors/reval-error.ts'
import { invocationOf } from './invocation.ts'
import { createOutput, type Output } from './output.ts'
import { RemoteInstallation } from './remote/remote-installation.ts'

/** What every command gets: the validated configuration, and its output. */
export interface CommandContext {
  readonly config: Config
  /** The installation to ask, in place of the backends of the configuration; null for those. */
  readonly remote: RemoteInstallation | null
  readonly output: Output
  /** Where the log goes; absent: standard error. */
  readonly log?: LogDestination | undefined
  /** Aborted when the command should stop. */
  readonly signal: AbortSignal
  /** Milliseconds between two readings of --watch; absent: two seconds. */
  readonly watchEveryMs?: number | undefined
  /** Sets the exit status of a command that ends without an error; 0 unless it is called. */
  readonly exitWith: (status: number) => void
  /** Sets the exit status of a command that ends with an error, other than a usage error. */
  readonly failWith: (status: number) => void
}

/** Options of every command. */
interface SharedOptions {
  readonly dataDir?: string
  readonly url?: string
  readonly json?: boolean
  readonly color?: boolean
}

const DATA_DIR = new Option(
  '--data-dir <directory>',
  'data directory of the embedded backends (REVAL_DATA_DIR, default ./data)',
)
const url = () =>
  new Option('--url <address>', 'ask the installation at this address (REVAL_URL; token in REVAL_TOKEN)').conflicts(
    'dataDir',
  )
const NO_COLOR = new Option('--no-color', 'print without colours (NO_COLOR)')
export const JSON_OUTPUT = new Option('--json', 'print data and errors as JSON')

export interface CommandOptions<Options> {
  /** Environment variables that options of this command set. */
  readonly settings?: (options: Options) => Record<string, string | undefined>
  /** Defaults of this command for variables that are not set. */
  readonly defaults?: Record<string, string>
  /** The roles of this process, by its arguments: their required settings must be set. */
  readonly roles?: (args: readonly string[]) => readonly Role[]
  /** The exit status if it fails, other than by a usage error: by default, that of the error's code. */
  readonly failureStatus?: number
  /** Whether it can ask a remote installation; or why it cannot; or null, if it uses no installation at all. */
  readonly remote?: true | string | null
}

/**
 * Adds the action to a command. The whole configuration is read before the action starts. A command that cannot ask a remote
 * installation refuses to work on this machine where --url or REVAL_URL names one; --data-dir overrides REVAL_URL.
 */
export function command<Options extends SharedOptions>(
  declared: Command,
  action: (context: CommandContext, options: Options, args: readonly string[]) => Promise<void>,
  {
    settings = () => ({}),
    defaults = {},
    roles = () => ['reader'],
    failureStatus,
    remote = 'it works on this machine only',
  }: CommandOptions<Options> = {},
): Command {
  declared
    .addOption(DATA_DIR)
    .addOption(remote === true ? url() : url().hideHelp())
    .addOption(NO_COLOR)
  return declared.action(async () => {
    const { environment, streams, log, stopSignal, exitStatus, watchEveryMs } = invocationOf(declared)
    exitStatus.failed = failureStatus ?? exitStatus.failed
    const options = declared.opts<Options>()
    const address = addressIn(environment, options)
    if (typeof remote === 'string' && address !== '') {
      throw new RevalError('USAGE', `cannot work with --url or REVAL_URL: ${remote}`, { details: { url: address } })
    }
    const given = { REVAL_DATA_DIR: options.dataDir, ...settings(options) }
    const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
    const asksOther = remote === true && address !== ''
    const config = readConfig(
      { ...defaults, ...environment, ...set, REVAL_URL: address },
      {},
      asksOther ? [] : roles(declared.args),
    )
    const signal = stopSignal()
    const output = createOutput(streams, { json: options.json ?? false, color: options.color ?? true, environment })
    const exitWith = (status: number) => {
      exitStatus.done = status
    }
    const failWith = (status: number) => {
      exitStatus.failed = status
    }
    const installation = config.remote && new RemoteInstallation({ ...config.remote, signal })
    await action(
      { config, remote: installation, output, log, signal, watchEveryMs, exitWith, failWith },
      options,
      declared.args,
    )
  })
}

function addressIn({ REVAL_URL = '' }: Environment, { url: given, dataDir }: SharedOptions): string {
  return given ?? (dataDir === undefined ? REVAL_URL.trim() : '')
}
