import * as z from 'zod'
import { DESTINATIONS, NOTIFICATION_EVENTS } from '../../ports/notifications.ts'
import { ERROR_CODE, INSTANT, named, NUMBERS, TEXT, WHOLE } from './parts.ts'

const NOTIFICATION_FIELDS = {
  id: TEXT.describe('the same for a second copy'),
  event: z.enum(NOTIFICATION_EVENTS).describe('what happened'),
  at: INSTANT.describe('when it was noticed'),
  title: TEXT.describe('in a few words'),
  text: TEXT.describe('in a sentence or two'),
  remedy: TEXT.nullable().describe('what to do about `code`'),
  run: TEXT.nullable().describe('id of the run that it is about'),
  code: ERROR_CODE.nullable().describe('why'),
  figures: NUMBERS.describe('counts, and durations in milliseconds, by name'),
}

/** The body that is posted to a webhook. */
export const NOTIFICATION = z.strictObject({
  ...NOTIFICATION_FIELDS,
  environment: TEXT.nullable().describe('`REVAL_CONSOLE_NAME`; null if it is not set, as in production'),
  link: TEXT.nullable().describe('the page of the console; null without `REVAL_PUBLIC_URL`'),
})

export type NotificationView = z.output<typeof NOTIFICATION>

const DELIVERY = named('Delivery', 'How far a notification has got at one destination.', {
  destination: z.enum(DESTINATIONS).describe('where it goes'),
  state: z.enum(['waiting', 'delivered', 'given up']).describe('`given up`: it could not be delivered for a day'),
  tries: WHOLE.describe('how often it was tried'),
  triedAt: INSTANT.nullable().describe('when it was last tried'),
  reason: TEXT.nullable().describe('why the last try failed'),
})

const KEPT_NOTIFICATION = named('Kept notification', 'A notification and its deliveries.', {
  ...NOTIFICATION_FIELDS,
  deliveries: z.array(DELIVERY).readonly().describe('one for each destination that was configured'),
})

export const NOTIFICATION_LIST = z.strictObject({
  destinations: z.array(z.enum(DESTINATIONS)).readonly().describe('those that are configured'),
  notifications: z.array(KEPT_NOTIFICATION).readonly().describe('newest first, at most 50'),
})

export type NotificationListView = z.output<typeof NOTIFICATION_LIST>

export const NOTIFICATION_TESTS = z.array(
  z.strictObject({
    destination: z.enum(DESTINATIONS).describe('where a test message was sent'),
    reason: TEXT.nullable().describe('why it failed; null if it was delivered'),
  }),
)

export type NotificationTestsView = z.output<typeof NOTIFICATION_TESTS>
