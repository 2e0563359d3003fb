import type { Command } from 'commander'
import type { LogDestination } from '../app/log-destination.ts'
import { environment, type Environment } from '../config/read-settings.ts'
import { StandardStreams } from './standard-streams.ts'

/** One use of the program: what it is given, where its output goes, and how it ends. A process has one; tests have several. */
export interface Invocation {
  readonly environment: Environment
  readonly streams: StandardStreams
  /** Where the log goes; absent: standard error. */
  readonly log?: LogDestination
  /** Aborted when the command should stop. Called once a command starts. */
  readonly stopSignal: () => AbortSignal
  /** Milliseconds between two readings of --watch; absent: two seconds. */
  readonly watchEveryMs?: number
  readonly exitStatus: {
    /** If the command ends without an error. */
    done: number
    /** If it fails, other than by a usage error; null: that of the error's code. */
    failed: number | null
  }
}

/** The invocation of this process. */
export function ofThisProcess(): Invocation {
  return {
    environment: environment(),
    streams: new StandardStreams(process.stdout, process.stderr),
    stopSignal,
    exitStatus: { done: 0, failed: null },
  }
}

/** Aborted by SIGINT or SIGTERM; a second signal ends the process at once, as usual. */
function stopSignal(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort(name))
  return controller.signal
}

const invocations = new WeakMap<Command, Invocation>()

/** Ties the commands below a root to an invocation. */
export function invoke(root: Command, invocation: Invocation): void {
  invocations.set(root, invocation)
}

/** The invocation that a command is part of. */
export function invocationOf(command: Command): Invocation {
  const found = invocations.get(command)
  if (found !== undefined) return found
  if (command.parent === null) throw new Error(`${command.name()} is not part of a program`)
  return invocationOf(command.parent)
}
