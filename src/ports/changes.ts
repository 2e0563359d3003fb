import type { ErrorCode } from '../errors/codes.ts'
import type { Queue } from './broker.ts'

/** The channels of live changes, by the queue that the writer consumes. */
export const CHANNELS = ['traineeChanged', 'doctorChanged', 'recommendationChanged'] as const satisfies readonly Queue[]
export type Channel = (typeof CHANNELS)[number]

/** Why a row was refreshed: a change of a channel, or one of these. */
export const REFRESH_CAUSES = [...CHANNELS, 'reasons', 'resync', 'catching up', 'repair'] as const
export type RefreshCause = (typeof REFRESH_CAUSES)[number]

/** The refresh that last wrote a row. */
export interface RowOrigin {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** In the order of `REFRESH_CAUSES`, each once; at least one. */
  readonly causes: readonly RefreshCause[]
}

/** The status of a channel, as the writer last saw it. Times are milliseconds since the epoch. */
export interface ChannelStatus {
  /** Messages in the queue or in progress. */
  readonly waiting: number
  /** When the oldest of the messages in progress was sent; null if there is none. */
  readonly oldestAt: number | null
  /** Since the writer started. */
  readonly refreshed: number
  readonly deadLettered: number
  readonly lastRefreshedAt: number | null
  /** Whether the oldest change is older than a minute, plus the lag of the source. */
  readonly isBehind: boolean
}

/** The status of live changes. The writer saves it at most once a second and only if it changed. For display. */
export interface ChangesStatus {
  readonly term: number
  readonly savedAt: number
  /** Keys refreshed per second, over the last minute in which there were any. */
  readonly perSecond: number
  /** When the reasons were last compared; null if never. */
  readonly reasonsComparedAt: number | null
  /** Why changes are not applied now; null if they are. */
  readonly paused: { readonly code: ErrorCode; readonly reason: string } | null
  readonly channels: Readonly<Record<Channel, ChannelStatus>>
}

/** The id of their record in the ledger. */
export const CHANGES = 'changes'
