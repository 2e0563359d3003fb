import type { Notification, DestinationName } from '../../ports/notifications.ts'

/** A notification as it is sent. */
export interface Sent {
  readonly notification: Notification
  /** The name of the environment; empty in production. */
  readonly environment: string
  /** Where the console shows it; null if its address is not known. */
  readonly link: string | null
  /** When it is sent, in milliseconds since the epoch. */
  readonly at: number
}

/** A way to notify people. */
export interface Destination {
  readonly name: DestinationName
  /**
   * Sends it once. Rejects NOTIFICATION_FAILED, whose reason has no address and no secret, or with the signal's reason once that is
   * aborted; the receiver may have it nevertheless.
   */
  send(sent: Sent, signal: AbortSignal): Promise<void>
}

/** The title with the environment before it, so that an alert of a test is not taken for one of production. */
export function titleOf({ notification, environment }: Pick<Sent, 'notification' | 'environment'>): string {
  return environment === '' ? notification.title : `[${environment}] ${notification.title}`
}

/** The paragraphs of a message, without title and link. */
export function paragraphsOf({ notification: { text, remedy } }: Pick<Sent, 'notification'>): readonly string[] {
  return remedy === null ? [text] : [text, `What to do: ${remedy}`]
}
