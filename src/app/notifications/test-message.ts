import type { Clock } from '../../ports/clock.ts'
import type { Notification } from '../../ports/notifications.ts'
import type { NotificationTestsView } from '../json/notifications.ts'
import type { Destination } from './destination.ts'
import { attempt, sentNow, type SendSettings } from './send.ts'

/** Sends a test message to every destination, once. */
export function sendTests(
  destinations: readonly Destination[],
  config: SendSettings,
  clock: Clock,
  signal: AbortSignal,
): Promise<NotificationTestsView> {
  const at = clock.now()
  const notification: Notification = {
    id: `test_${at}`,
    event: 'test',
    at,
    title: 'A test message',
    text: 'Notifications of this installation arrive here. Nothing has happened.',
    ...{ remedy: null, run: null, code: null, figures: {}, path: '/console' },
  }
  return Promise.all(
    destinations.map(async (destination) => ({
      destination: destination.name,
      reason: await attempt(destination, sentNow(notification, config, at), clock, signal),
    })),
  )
}
