import type { ErrorCode } from '../errors/codes.ts'
import type { Channel } from './changes.ts'
import type { RunId } from './run-ledger.ts'

/** What people are notified of; `test` only at a request. */
export const NOTIFICATION_EVENTS = [
  'run-failed',
  'run-held-back',
  'run-live-again',
  'live-differs',
  'lists-stale',
  'changes-behind',
  'schedule-missed',
  'schedule-failed',
  'test',
] as const
export type NotificationEvent = (typeof NOTIFICATION_EVENTS)[number]

/** Where notifications go. */
export const DESTINATIONS = ['webhook', 'slack', 'teams', 'mail'] as const
export type DestinationName = (typeof DESTINATIONS)[number]

/** A notification. It has no personal data: codes, counts and ids only. */
export interface Notification {
  /** Follows from what happened, so that two processes give it the same one; it may be a header's value. */
  readonly id: string
  readonly event: NotificationEvent
  /** When it was noticed, in milliseconds since the epoch. */
  readonly at: number
  readonly title: string
  readonly text: string
  /** What to do about its code; null without one. */
  readonly remedy: string | null
  readonly run: RunId | null
  readonly code: ErrorCode | null
  /** Counts and durations in milliseconds, by name. */
  readonly figures: Readonly<Record<string, number>>
  /** Where the console shows it, from its root. */
  readonly path: string
}

/** How far a notification has got at one destination. */
export interface NotificationDelivery {
  readonly destination: DestinationName
  readonly state: 'waiting' | 'delivered' | 'given up'
  readonly tries: number
  /** When it was last tried, in milliseconds since the epoch; null before. */
  readonly triedAt: number | null
  /** Why the last try failed; null if it did not. */
  readonly reason: string | null
}

export interface KeptNotification extends Notification {
  readonly deliveries: readonly NotificationDelivery[]
}

/** The notifications of an installation. The writer changes them by compare-and-set, so that each is sent once. */
export interface Notifications {
  /** What ended before is not notified: no destination was configured then. */
  readonly since: number
  /** Ids of notifications that were made, newest first. */
  readonly made: readonly string[]
  /** The channels of changes that are notified as behind, until they have caught up. */
  readonly behind: readonly Channel[]
  /** Newest first. */
  readonly notifications: readonly KeptNotification[]
}

/** The id of their record in the ledger. */
export const NOTIFICATIONS = 'notifications'
/** How many notifications are kept; one that waits in a longer queue is dropped. */
export const NOTIFICATIONS_KEPT = 50
/** How many ids are remembered. */
export const IDS_KEPT = 500
