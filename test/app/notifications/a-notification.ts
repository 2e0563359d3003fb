import type { Sent } from '../../../src/app/notifications/destination.ts'
import type { Notification } from '../../../src/ports/notifications.ts'

export const AT = Date.UTC(2026, 5, 1, 12)

export function aNotification(differing: Partial<Notification> = {}): Notification {
  return {
    ...{ id: 'run-failed_r1', event: 'run-failed', at: AT, title: 'A sync failed', text: 'The sync r1 failed.' },
    ...{ remedy: 'Mend it.', run: 'r1', code: 'SOURCE_FAILED', figures: { rows: 3 }, path: '/console/runs/r1' },
    ...differing,
  }
}

export function aSent(differing: Partial<Sent> = {}): Sent {
  return {
    ...{ notification: aNotification(), environment: 'PREPROD', link: 'https://r.example/console/runs/r1', at: AT },
    ...differing,
  }
}
