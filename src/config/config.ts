import type { DesignatedBodies } from '../domain/designated-bodies.ts'
import type { TraineeSelection } from '../domain/trainee.ts'
import { readSettings, type Environment } from './read-settings.ts'
import { SETTINGS } from './settings.ts'

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
export type LogFormat = 'json' | 'pretty' | 'auto'

/** What a process is told from outside, validated. Times are in milliseconds. */
export interface Config {
  /** As it was written; relative to the working directory. */
  readonly dataDirectory: string
  readonly http: { readonly host: string; readonly port: number }
  readonly log: { readonly level: LogLevel; readonly format: LogFormat }
  readonly rules: { readonly trainees: TraineeSelection; readonly bodies: DesignatedBodies }
  readonly messages: { readonly rows: number; readonly bytes: number; readonly sendAhead: number }
  readonly writer: {
    readonly prefetch: number
    readonly rowsPerWrite: number
    readonly pollMs: number
    readonly leaseMs: number
  }
  readonly claims: { readonly leaseMs: number; readonly timeoutMs: number; readonly tries: number }
  readonly runs: {
    readonly maxBeginnings: number
    readonly stallMs: number
    readonly quietMs: number
    readonly keep: number
  }
  readonly checks: { readonly maxShrink: number; readonly acceptFailures: number; readonly unprovedShare: number }
}

/**
 * The configuration that an environment comes to; `overrides`, by the same names, are what the command line says and
 * go before it. Reads the file of designated bodies and opens nothing else. Throws CONFIG_INVALID with every fault at
 * once in `details.faults`, each a `SettingFault`.
 */
export function readConfig(environment: Environment, overrides: Environment = {}): Config {
  const given = Object.entries(overrides).filter(([, text]) => text !== undefined)
  const read = readSettings(SETTINGS, { ...environment, ...Object.fromEntries(given) })
  return {
    dataDirectory: read.dataDir,
    http: { host: read.host, port: read.port },
    log: { level: read.logLevel, format: read.logFormat },
    rules: { trainees: read.trainees, bodies: read.designatedBodies },
    messages: { rows: read.messageRows, bytes: read.messageBytes, sendAhead: read.sendAhead },
    writer: { prefetch: read.prefetch, rowsPerWrite: read.writeRows, pollMs: read.pollMs, leaseMs: read.writerLeaseMs },
    claims: { leaseMs: read.leaseMs, timeoutMs: read.claimTimeoutMs, tries: read.claimTries },
    runs: {
      maxBeginnings: read.maxBeginnings,
      stallMs: read.stallMs,
      quietMs: read.quietMs,
      keep: read.keepRuns,
    },
    checks: { maxShrink: read.maxShrink, acceptFailures: read.acceptFailures, unprovedShare: read.unprovedShare },
  }
}
