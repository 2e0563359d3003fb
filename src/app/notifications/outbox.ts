import {
  IDS_KEPT,
  NOTIFICATIONS_KEPT,
  type KeptNotification,
  type Notification,
  type DestinationName,
  type NotificationDelivery,
  type Notifications,
} from '../../ports/notifications.ts'

/** After each failed try, how long until the next; the last one repeats. */
const BACKOFF_MS = [10_000, 30_000, 120_000, 600_000, 1_800_000]
/** For how long a notification is tried: after a day, people know. */
export const TRIED_FOR_MS = 24 * 3_600_000

/** When a delivery is to be tried, in milliseconds since the epoch; null if it is over. */
export function dueAt({ state, tries, triedAt }: NotificationDelivery): number | null {
  if (state !== 'waiting') return null
  return triedAt === null ? 0 : triedAt + (BACKOFF_MS[Math.min(tries, BACKOFF_MS.length) - 1] ?? 0)
}

/** The record with new notifications, for each destination; those whose ids were made before are not new. */
export function withMade(
  known: Notifications,
  made: readonly Notification[],
  destinations: readonly DestinationName[],
): Notifications {
  const fresh = made.filter(({ id }) => !known.made.includes(id))
  const kept = fresh.map((each): KeptNotification => ({
    ...each,
    deliveries: destinations.map((destination) => ({
      destination,
      state: 'waiting',
      tries: 0,
      triedAt: null,
      reason: null,
    })),
  }))
  return {
    ...known,
    made: [...fresh.map(({ id }) => id), ...known.made].slice(0, IDS_KEPT),
    notifications: [...kept, ...known.notifications].slice(0, NOTIFICATIONS_KEPT),
  }
}

/** What came of a try. */
export interface Tried {
  readonly id: string
  readonly destination: DestinationName
  readonly at: number
  /** Null if it was delivered. */
  readonly reason: string | null
}

/** The record with the results of tries. */
export function withTried(known: Notifications, tried: readonly Tried[]): Notifications {
  return {
    ...known,
    notifications: known.notifications.map((notification) => ({
      ...notification,
      deliveries: notification.deliveries.map((delivery) => {
        const result = tried.find(
          ({ id, destination }) => id === notification.id && destination === delivery.destination,
        )
        return result === undefined ? delivery : afterTry(delivery, result, notification)
      }),
    })),
  }
}

function afterTry(
  { destination, state, tries }: NotificationDelivery,
  { at, reason }: Tried,
  notification: Notification,
): NotificationDelivery {
  const result = { destination, tries: tries + 1, triedAt: at, reason }
  if (reason === null || state === 'delivered') return { ...result, state: 'delivered', reason: null }
  return { ...result, state: at - notification.at >= TRIED_FOR_MS ? 'given up' : 'waiting' }
}

/** Deliveries to destinations that are no longer configured are given up. */
export function withoutOtherDestinations(
  known: Notifications,
  destinations: readonly DestinationName[],
): Notifications {
  const isGone = ({ destination, state }: NotificationDelivery) =>
    state === 'waiting' && !destinations.includes(destination)
  if (!known.notifications.some(({ deliveries }) => deliveries.some(isGone))) return known
  return {
    ...known,
    notifications: known.notifications.map((notification) => ({
      ...notification,
      deliveries: notification.deliveries.map((delivery) =>
        isGone(delivery)
          ? { ...delivery, state: 'given up', reason: 'the destination is no longer configured' }
          : delivery,
      ),
    })),
  }
}

/** What one destination has to send now, oldest first, and when it has to send again; null if it has nothing. */
export function dueOf({ notifications }: Notifications, destination: DestinationName, now: number) {
  const waiting = notifications.toReversed().flatMap((notification) => {
    const at = notification.deliveries.flatMap((each) =>
      each.destination === destination ? (dueAt(each) ?? []) : [],
    )[0]
    return at === undefined ? [] : [{ notification, at }]
  })
  const due = waiting.filter(({ at }) => at <= now).map(({ notification }) => notification)
  return { due, next: waiting.length === 0 ? null : Math.min(...waiting.map(({ at }) => at)) }
}
