import assert from 'node:assert/strict'
import { createHmac, timingSafeEqual } from 'node:crypto'
import { describe, test } from 'node:test'
import type { Destination } from '../../../src/app/notifications/destination.ts'
import { mailDestination } from '../../../src/app/notifications/destinations/mail.ts'
import { slackDestination, slackMessage } from '../../../src/app/notifications/destinations/slack.ts'
import { teamsDestination, teamsMessage } from '../../../src/app/notifications/destinations/teams.ts'
import { signatureOf, webhookDestination } from '../../../src/app/notifications/destinations/webhook.ts'
import { attempt } from '../../../src/app/notifications/send.ts'
import { NOTIFICATION } from '../../../src/app/json/notifications.ts'
import type { MailSettings } from '../../../src/config/notification-settings.ts'
import { systemClock } from '../../../src/adapters/clock/system.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { AT, aNotification, aSent } from './a-notification.ts'
import { cuts, failsTwice, hangs, httpReceiver, trickles, type Received } from './http-receiver.ts'
import { CERTIFICATE } from './localhost-certificate.ts'
import { smtpReceiver } from './smtp-receiver.ts'

const NEVER = new AbortController().signal
const KEY = Buffer.alloc(32, 5)

const once = (destination: Destination, sent = aSent()) => attempt(destination, sent, systemClock, NEVER)

/** As a receiver checks a request of Standard Webhooks. */
function isSigned({ headers, body }: Received, key: Buffer, now: number): boolean {
  const [id, seconds, signatures] = ['id', 'timestamp', 'signature'].map((name) => String(headers[`webhook-${name}`]))
  if (Math.abs(now / 1_000 - Number(seconds)) > 300) return false
  const expected = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest()
  return (signatures ?? '').split(' ').some((each) => {
    const [version, signature = ''] = each.split(',')
    const given = Buffer.from(signature, 'base64')
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected)
  })
}

describe('a webhook', () => {
  test('is signed as Standard Webhooks are', () => {
    // Of the libraries of Standard Webhooks.
    const key = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64')
    const signed = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', seconds: 1_614_265_330, body: '{"test": 2432232314}' }
    assert.equal(signatureOf(key, signed), 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
  })

  test('gets JSON that a receiver can verify', async (t) => {
    const { url, received } = await httpReceiver(t)
    assert.equal(await once(webhookDestination({ url, key: KEY })), null)
    const [request] = received
    assert.ok(request)
    assert.equal(isSigned(request, KEY, AT), true)
    assert.equal(isSigned(request, Buffer.alloc(32, 6), AT), false)
    assert.equal(isSigned({ ...request, body: request.body.replace('r1', 'r2') }, KEY, AT), false)
    assert.equal(isSigned(request, KEY, AT + 3_600_000), false)
    assert.match(String(request.headers['content-type']), /^application\/json/)
    const { id, event, environment, link, at } = NOTIFICATION.parse(JSON.parse(request.body))
    assert.deepEqual([id, event, environment], ['run-failed_r1', 'run-failed', 'PREPROD'])
    assert.deepEqual([link, at], ['https://r.example/console/runs/r1', '2026-06-01T12:00:00.000Z'])
  })

  test('that fails, cuts the connection or is away has a reason without its address', async (t) => {
    const failing = await httpReceiver(t, failsTwice)
    const cutting = await httpReceiver(t, cuts)
    const redirecting = await httpReceiver(t, (response) => response.writeHead(302, { location: failing.url }).end())
    const reasons = await Promise.all(
      [failing.url, redirecting.url, cutting.url, 'http://127.0.0.1:2/in?key=token'].map((url) =>
        once(webhookDestination({ url, key: KEY })),
      ),
    )
    assert.deepEqual(reasons.slice(0, 2), ['answered with status 500', 'answered with status 302'])
    for (const reason of reasons.slice(2)) assert.match(reason ?? '', /^cannot be reached: [A-Z_]+$/)
    assert.equal(failing.received.length, 1)
  })

  test('that hangs is cut off, and one whose answer never ends is not waited for', async (t) => {
    const clock = new ManualClock()
    const hanging = await httpReceiver(t, hangs)
    const sending = attempt(webhookDestination({ url: hanging.url, key: KEY }), aSent(), clock, NEVER)
    await hanging.until(1)
    await clock.advance(10_000)
    assert.equal(await sending, 'no answer within 10 seconds')
    const trickling = await httpReceiver(t, trickles)
    assert.equal(await once(webhookDestination({ url: trickling.url, key: KEY })), null)
  })

  test('is given up when the process stops', async (t) => {
    const stopping = new AbortController()
    const hanging = await httpReceiver(t, hangs)
    const sending = attempt(webhookDestination({ url: hanging.url, key: KEY }), aSent(), systemClock, stopping.signal)
    await hanging.until(1)
    stopping.abort()
    assert.equal(await sending, 'stopped before there was an answer')
  })
})

test('Slack gets a message with blocks, in which nothing is a link but the link', async (t) => {
  const { url, received } = await httpReceiver(t)
  const notification = aNotification({ text: 'a < b & <https://evil.example|c>', remedy: null })
  assert.equal(await once(slackDestination({ url }), aSent({ notification })), null)
  const message = JSON.parse(received[0]?.body ?? '') as unknown
  assert.deepEqual(message, {
    text: '[PREPROD] A sync failed: a &lt; b &amp; &lt;https://evil.example|c&gt;',
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: '[PREPROD] A sync failed' } },
      {
        type: 'section',
        text: {
          type: 'mrkdwn',
          text: 'a &lt; b &amp; &lt;https://evil.example|c&gt;\n<https://r.example/console/runs/r1|Open the console>',
        },
      },
    ],
  })
  assert.doesNotMatch(JSON.stringify(slackMessage(aSent({ link: null }))), /Open the console/)
})

test('Teams gets an Adaptive Card with a button', async (t) => {
  const { url, received } = await httpReceiver(t, (response) => response.writeHead(202).end())
  const notification = aNotification({ text: 'failed: SOURCE_FAILED', remedy: null })
  assert.equal(await once(teamsDestination({ url }), aSent({ notification, environment: '' })), null)
  assert.deepEqual(JSON.parse(received[0]?.body ?? ''), {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            { type: 'TextBlock', text: 'A sync failed', wrap: true, size: 'Medium', weight: 'Bolder' },
            { type: 'TextBlock', text: 'failed: SOURCE\\_FAILED', wrap: true },
          ],
          actions: [{ type: 'Action.OpenUrl', title: 'Open the console', url: 'https://r.example/console/runs/r1' }],
        },
      },
    ],
  })
  assert.doesNotMatch(JSON.stringify(teamsMessage(aSent({ link: null }))), /actions/)
})

describe('e-mail', () => {
  const settings = (port: number, differing: Partial<MailSettings> = {}): MailSettings => ({
    ...{ from: 'reval@example.org', to: ['a@example.org', 'b@example.org'], host: '127.0.0.1', port },
    ...{ isSecure: false, user: '', password: '', ca: null, ...differing },
  })

  test('goes to all addresses, with the id of the notification', async (t) => {
    const server = await smtpReceiver(t)
    assert.equal(await once(mailDestination(settings(server.port))), null)
    const [mail] = server.mails
    assert.match(mail?.from ?? '', /^MAIL FROM:<reval@example.org>/)
    assert.deepEqual(mail?.to, ['RCPT TO:<a@example.org>', 'RCPT TO:<b@example.org>'])
    assert.match(mail.data, /^Subject: \[PREPROD\] A sync failed$/m)
    assert.match(mail.data, /^Message-ID: <run-failed_r1@example.org>$/m)
    assert.match(mail.data, /^Auto-Submitted: auto-generated$/m)
    assert.match(mail.data, /\r\n\r\nThe sync r1 failed\.\r\n\r\nWhat to do: Mend it\.\r\n\r\nhttps:\/\/r\.example/)
  })

  for (const tls of ['from the start', 'starttls'] as const) {
    test(`is encrypted, and the server is verified: TLS ${tls}`, async (t) => {
      const server = await smtpReceiver(t, { tls })
      const isSecure = tls === 'from the start'
      const logIn = { isSecure, user: 'reval', password: 'secret' }
      assert.equal(await once(mailDestination(settings(server.port, { ...logIn, ca: CERTIFICATE }))), null)
      assert.deepEqual([server.mails.length, server.mails[0]?.isEncrypted], [1, true])
      const said = server.said.length
      const stranger = await once(mailDestination(settings(server.port, logIn)))
      assert.match(stranger ?? '', /^the mail server did not take it: [A-Z_]+$/)
      assert.doesNotMatch(server.said.slice(said).join('\n'), /AUTH/)
    })
  }

  test('gives no password to a server without TLS', async (t) => {
    const server = await smtpReceiver(t)
    const reason = await once(mailDestination(settings(server.port, { user: 'reval', password: 'secret' })))
    assert.match(reason ?? '', /^the mail server did not take it: /)
    assert.doesNotMatch(server.said.join('\n'), /AUTH/)
  })

  test('that is refused has a reason without addresses', async (t) => {
    const server = await smtpReceiver(t, { refuses: true })
    const reason = await once(mailDestination(settings(server.port)))
    assert.equal(reason, 'the mail server did not take it: EENVELOPE 550')
  })

  test('to a server that hangs is cut off', async (t) => {
    const server = await smtpReceiver(t, { hangs: true })
    const clock = new ManualClock()
    const sending = attempt(mailDestination(settings(server.port)), aSent(), clock, NEVER)
    await server.connected
    await clock.advance(10_000)
    assert.equal(await sending, 'no answer within 10 seconds')
  })
})
