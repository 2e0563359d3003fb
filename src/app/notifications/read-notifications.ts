import type { Config } from '../../config/config.ts'
import { DESTINATIONS, NOTIFICATIONS } from '../../ports/notifications.ts'
import type { RunLedger } from '../../ports/run-ledger.ts'
import type { NotificationListView } from '../json/notifications.ts'
import { instant } from '../json/parts.ts'

/** Where this process would send notifications, and what the writer sent, newest first. */
export async function readNotifications(
  { ledger }: { readonly ledger: Pick<RunLedger, 'read'> },
  { notifications: settings }: Pick<Config, 'notifications'>,
): Promise<NotificationListView> {
  const kept = (await ledger.read('notifications', NOTIFICATIONS))?.value.notifications ?? []
  return {
    destinations: DESTINATIONS.filter((name) => settings[name] !== null),
    notifications: kept.map(({ deliveries, at, id, event, title, text, remedy, run, code, figures }) => ({
      ...{ id, event, at: instant(at), title, text, remedy, run, code, figures },
      deliveries: deliveries.map(({ triedAt, ...delivery }) => ({ ...delivery, triedAt: instant(triedAt) })),
    })),
  }
}
