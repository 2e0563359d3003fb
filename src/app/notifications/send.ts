import type { Config } from '../../config/config.ts'
import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Notification } from '../../ports/notifications.ts'
import type { Destination, Sent } from './destination.ts'

/** How long a receiver has for a notification. */
export const ATTEMPT_MS = 10_000

/** What a notification says of its installation. */
export interface SendSettings {
  readonly http: Pick<Config['http'], 'publicUrl'>
  readonly console: Pick<Config['console'], 'name'>
}

/** A notification as it leaves this installation now. */
export function sentNow(notification: Notification, { http, console: { name } }: SendSettings, at: number): Sent {
  const link = http.publicUrl === '' ? null : `${http.publicUrl}${notification.path}`
  return { notification, environment: name, link, at }
}

/** The reason if the signal was aborted before there was an answer. */
export const ABORTED = 'stopped before there was an answer'

/** Sends a notification once. Null if it was delivered, else the reason. A receiver that does not answer in time is cut off. */
export async function attempt(
  destination: Destination,
  sent: Sent,
  clock: Clock,
  signal: AbortSignal,
): Promise<string | null> {
  const over = new AbortController()
  const cut = new AbortController()
  const late = new RevalError('NOTIFICATION_FAILED', `no answer within ${ATTEMPT_MS / 1_000} seconds`)
  const limiting = clock.wait(ATTEMPT_MS, AbortSignal.any([signal, over.signal])).then(() => {
    if (!over.signal.aborted) cut.abort(signal.aborted ? signal.reason : late)
  })
  try {
    await destination.send(sent, cut.signal)
    return null
  } catch (error) {
    if (signal.aborted) return ABORTED
    const { code, message } = asRevalError(error)
    return code === 'NOTIFICATION_FAILED' ? message : `unexpected error ${code}`
  } finally {
    over.abort()
    await limiting
  }
}
