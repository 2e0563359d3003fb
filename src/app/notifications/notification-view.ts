import type { NotificationView } from '../json/notifications.ts'
import { instant } from '../json/parts.ts'
import type { Sent } from './destination.ts'

/** A notification as a webhook gets it. */
export function notificationView({ notification, environment, link }: Sent): NotificationView {
  const { id, event, at, title, text, remedy, run, code, figures } = notification
  return {
    ...{ id, event, at: instant(at), title, text, remedy, run, code, figures },
    environment: environment === '' ? null : environment,
    link,
  }
}
