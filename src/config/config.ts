import type { LikenessSettings } from '../domain/likeness.ts'
import { join } from 'node:path'
import type { DesignatedBodies } from '../domain/designated-bodies.ts'
import type { BodyScope } from '../domain/list-query.ts'
import type { TraineeSelection } from '../domain/trainee.ts'
import type { Admin } from './admins-file.ts'
import { readSettings, type Environment } from './read-settings.ts'
import { SETTINGS } from './settings.ts'
import { shownSettings, type ShownSetting } from './shown-settings.ts'
import { contradictions } from './contradictions.ts'
import { neededBy, type Role } from './roles.ts'
import { likenessOf } from './likeness-settings.ts'
import { hasLiveChanges, usesServers } from './live-changes.ts'
import { accessOf, type AccessSettings } from './access-settings.ts'
import { consoleOf, type ConsoleSettings } from './console-settings.ts'
import { notificationsOf, type NotificationSettings } from './notification-settings.ts'
import { scheduleOf } from './schedule-settings.ts'
import { topologyOf } from './topology-settings.ts'
import type { RabbitmqSettings } from '../adapters/broker/rabbitmq/settings.ts'
import type { SqsSettings } from '../adapters/broker/sqs/settings.ts'
import type { SearchSettings } from '../adapters/opensearch/settings.ts'
import type { MongodbSettings } from '../adapters/sources/mongodb/settings.ts'
import type { MysqlSettings } from '../adapters/sources/mysql/settings.ts'
import type { Topology } from '../messages/topology.ts'
import type { ServiceName } from '../ports/run-ledger.ts'
import type { Schedule } from '../ports/schedule.ts'

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
export type LogFormat = 'json' | 'pretty' | 'auto'

/** Where HTTP listens, and who may use it. */
export interface HttpSettings extends AccessSettings {
  readonly host: string
  readonly port: number
  /** The address at which people reach it, without a slash at the end; empty if it is not known. */
  readonly publicUrl: string
}

/** The validated configuration of a process. Times are in milliseconds. */
export interface Config {
  readonly backends: 'embedded' | 'servers'
  /** As configured; relative to the working directory. */
  readonly dataDirectory: string
  /** Where the writer keeps the scratch file of a run. */
  readonly scratchDirectory: string
  /** The script that fills source databases; empty if they are only read. */
  readonly fillWith: string
  readonly http: HttpSettings
  /** The installation that commands ask, in place of one on this machine; null for none. */
  readonly remote: { readonly url: string; readonly token: string } | null
  readonly log: { readonly level: LogLevel; readonly format: LogFormat }
  /** Where traces are sent; null if there are none. */
  readonly tracesUrl: string | null
  readonly rules: { readonly trainees: TraineeSelection; readonly bodies: DesignatedBodies }
  readonly messages: { readonly rows: number; readonly bytes: number; readonly sendAheadBytes: number }
  readonly writer: {
    readonly prefetch: number
    readonly rowsPerWrite: number
    readonly pollMs: number
    readonly leaseMs: number
  }
  readonly claims: { readonly leaseMs: number; readonly timeoutMs: number; readonly tries: number }
  readonly runs: {
    readonly maxRestarts: number
    readonly maxTakeovers: number
    readonly stallMs: number
    readonly quietMs: number
  }
  /** 0 milliseconds means no limit. */
  readonly retention: {
    readonly runs: number
    readonly runsMs: number
    readonly heldBackMs: number
    readonly previousMs: number
    readonly failuresMs: number
    readonly auditMs: number
  }
  readonly javaPeers: readonly ServiceName[]
  /** 0 is unlimited. */
  readonly sources: { readonly rowsPerSecond: number; readonly lagMs: number }
  readonly verification: { readonly settleMs: number }
  readonly schedule: Schedule
  /** How long after a run went live the lists are too old; 0 is never. */
  readonly staleMs: number
  readonly notifications: NotificationSettings
  /** Whether integration, if this process runs it, refreshes rows that change between syncs. */
  readonly liveChanges: boolean
  readonly queues: { readonly topology: Topology; readonly mode: 'declare' | 'passive' }
  /** How to reach the servers; empty for servers that the process does not need. */
  readonly servers: RabbitmqSettings & SqsSettings & MysqlSettings & MongodbSettings & SearchSettings
  /** The lists that the admins' clients read. An empty address means that integration reads the lists itself. */
  readonly lists: {
    readonly builtAs: 'views' | 'tables'
    readonly unconnected: BodyScope['unconnected']
    readonly admins: readonly Admin[]
    readonly recommendationUrl: string
    readonly connectionUrl: string
    readonly serviceTimeoutMs: number
  }
  readonly console: ConsoleSettings
  /** The settings as they may be shown. */
  readonly shown: readonly ShownSetting[]
  readonly checks: {
    readonly likeness: LikenessSettings
    readonly acceptFailures: number
    readonly unprovedShare: number
    readonly previewShare: number | null
  }
}

/**
 * Reads the configuration from the environment. `overrides`, by the same names, are options of the command line and take
 * precedence. With servers as backends, the settings that the roles of this process require must be set. Reads the files
 * that settings name, and opens nothing else. Throws CONFIG_INVALID with all faults in `details.faults`, each a
 * `SettingFault`.
 */
export function readConfig(environment: Environment, overrides: Environment = {}, roles: readonly Role[] = []): Config {
  const given = Object.entries(overrides).filter(([, text]) => text !== undefined)
  const texts = { ...environment, ...Object.fromEntries(given) }
  const liveChanges = hasLiveChanges(texts)
  const read = readSettings(SETTINGS, texts, {
    needed: usesServers(texts) ? neededBy(roles, { liveChanges }) : new Map(),
    contradictions: (values) => contradictions(values, roles),
  })
  return {
    backends: read.backends,
    dataDirectory: read.dataDir,
    scratchDirectory: read.scratchDir.trim() === '' ? join(read.dataDir, 'scratch') : read.scratchDir,
    fillWith: read.fillWith,
    http: { host: read.host, port: read.port, publicUrl: read.publicUrl, ...accessOf(read) },
    remote: read.url === '' ? null : { url: read.url, token: read.token },
    log: { level: read.logLevel, format: read.logFormat },
    tracesUrl: read.tracesUrl === '' ? null : read.tracesUrl,
    rules: { trainees: read.trainees, bodies: read.designatedBodies },
    messages: { rows: read.messageRows, bytes: read.messageBytes, sendAheadBytes: read.sendAheadBytes },
    writer: {
      prefetch: read.prefetch,
      rowsPerWrite: read.writeRows,
      pollMs: read.pollMs,
      leaseMs: read.writerLeaseMs,
    },
    claims: { leaseMs: read.leaseMs, timeoutMs: read.claimTimeoutMs, tries: read.claimTries },
    runs: {
      maxRestarts: read.maxRestarts,
      maxTakeovers: read.maxTakeovers,
      stallMs: read.stallMs,
      quietMs: read.quietMs,
    },
    retention: {
      runs: read.keepRuns,
      runsMs: read.keepRunsMs,
      heldBackMs: read.keepHeldBackMs,
      previousMs: read.keepPreviousMs,
      failuresMs: read.keepFailuresMs,
      auditMs: read.keepAuditMs,
    },
    javaPeers: read.javaPeers,
    sources: {
      rowsPerSecond: read.sourceRowsPerSecond,
      lagMs: read.sourceLagMs,
    },
    verification: { settleMs: read.verifySettleMs },
    schedule: scheduleOf(read),
    staleMs: read.staleMs,
    notifications: notificationsOf(read),
    liveChanges,
    queues: { topology: topologyOf(read), mode: read.queues },
    servers: read,
    lists: {
      builtAs: read.listsAs,
      unconnected: read.disconnectedVisible,
      admins: read.admins,
      recommendationUrl: read.recommendationUrl,
      connectionUrl: read.connectionUrl,
      serviceTimeoutMs: read.listServiceTimeoutMs,
    },
    console: consoleOf(read),
    shown: shownSettings(SETTINGS, texts),
    checks: {
      likeness: likenessOf(read),
      acceptFailures: read.acceptFailures,
      unprovedShare: read.unprovedShare,
      previewShare: read.previewShare,
    },
  }
}
