import { createHmac } from 'node:crypto'
import type { Destination, Sent } from '../destination.ts'
import { notificationView } from '../notification-view.ts'
import { post } from './post.ts'

/** The signature of Standard Webhooks, version 1: of id, time in seconds, and body. */
export function signatureOf(key: Buffer, { id, seconds, body }: { id: string; seconds: number; body: string }): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`
}

/** Any receiver of signed JSON, as https://www.standardwebhooks.com describes. */
export function webhookDestination({ url, key }: { readonly url: string; readonly key: Buffer }): Destination {
  return {
    name: 'webhook',
    send: async (sent: Sent, signal) => {
      const { id } = sent.notification
      const seconds = Math.floor(sent.at / 1_000)
      const body = JSON.stringify(notificationView(sent))
      const headers = {
        'webhook-id': id,
        'webhook-timestamp': String(seconds),
        'webhook-signature': signatureOf(key, { id, seconds, body }),
      }
      await post(url, body, headers, signal)
    },
  }
}
