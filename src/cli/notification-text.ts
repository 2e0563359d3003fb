import type { NotificationListView, NotificationTestsView } from '../app/json/notifications.ts'
import { instant } from '../console/words/instants.ts'
import { table } from './output.ts'

const NOTHING_CONFIGURED = 'No destination is configured: see REVAL_NOTIFY_… in reval settings'
const SHOWN = 20

/** Where notifications go, and the latest ones with their deliveries. */
export function notificationLines({ destinations, notifications }: NotificationListView, now: number): string[] {
  const rows = notifications
    .slice(0, SHOWN)
    .map(({ at, title, run, deliveries }) => [
      ...[instant(Date.parse(at), now).text, title, run],
      deliveries
        .map((each) => `${each.destination} ${each.state}${each.reason === null ? '' : ` (${each.reason})`}`)
        .join(', '),
    ])
  return [
    destinations.length === 0 ? NOTHING_CONFIGURED : `Destinations: ${destinations.join(', ')}`,
    ...(rows.length === 0 ? ['No notifications yet'] : ['', ...table(['when', 'what', 'run', 'deliveries'], rows)]),
  ]
}

/** What came of the test messages. */
export function notificationTestLines(tests: NotificationTestsView): string[] {
  if (tests.length === 0) return [NOTHING_CONFIGURED]
  return tests.map(
    ({ destination, reason }) => `${destination}: ${reason === null ? 'delivered' : `FAILED, ${reason}`}`,
  )
}
