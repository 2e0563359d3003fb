import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig } from '../../src/config/config.ts'
import { faultsOf } from './faults-of.ts'

const SECRET = `whsec_${Buffer.alloc(32).toString('base64')}`

test('addresses of receivers and secrets are refused without being shown', () => {
  const refused: Readonly<Record<string, readonly string[]>> = {
    REVAL_NOTIFY_WEBHOOK_URL: ['alerts.example', 'ftp://alerts.example', 'https://u:p@alerts.example'],
    REVAL_NOTIFY_WEBHOOK_SECRET: ['secret', 'whsec_short', SECRET.slice(6), `whsec_${'A'.repeat(100)}`, `${SECRET}!`],
    REVAL_NOTIFY_SLACK_URL: ['http://hooks.slack.example'],
    REVAL_NOTIFY_TEAMS_URL: ['http://teams.example'],
    REVAL_NOTIFY_MAIL_TO: ['somebody', 'a@b c', 'a@example.org;b@example.org', 'a@example.org\r\nBcc: b@example.org'],
    REVAL_NOTIFY_MAIL_FROM: ['a@example.org, b@example.org', 'Name <a@example.org>'],
    REVAL_NOTIFY_SMTP_URL: [
      'mail.example:25',
      'https://mail.example',
      'smtp://u:p@mail.example',
      'smtp://m.example?x=1',
    ],
  }
  for (const [variable, values] of Object.entries(refused)) {
    for (const value of values) {
      const [fault, ...others] = faultsOf(() => readConfig({ [variable]: value }))
      assert.deepEqual([fault?.setting, others], [variable, []], `${variable}=${value}`)
      if (/_URL$|SECRET/.test(variable) && !variable.includes('SMTP')) assert.equal(fault?.value, undefined)
    }
  }
})

test('receivers on this machine may do without TLS, and signed messages anywhere', () => {
  const { notifications } = readConfig({
    REVAL_NOTIFY_SLACK_URL: 'http://127.0.0.1:9/x',
    REVAL_NOTIFY_TEAMS_URL: 'http://[::1]:9/x',
    REVAL_NOTIFY_WEBHOOK_URL: 'http://alerts.internal/x',
    REVAL_NOTIFY_WEBHOOK_SECRET: SECRET,
  })
  assert.ok(notifications.slack !== null && notifications.teams !== null && notifications.webhook !== null)
})

test('settings that only work together are asked for, all at once', () => {
  const missing = (environment: Readonly<Record<string, string>>) =>
    faultsOf(() => readConfig(environment)).map(({ setting }) => setting.replace('REVAL_NOTIFY_', ''))
  assert.deepEqual(missing({ REVAL_NOTIFY_WEBHOOK_URL: 'https://a.example' }), ['WEBHOOK_SECRET'])
  assert.deepEqual(missing({ REVAL_NOTIFY_WEBHOOK_SECRET: SECRET }), ['WEBHOOK_URL'])
  assert.deepEqual(missing({ REVAL_NOTIFY_SMTP_URL: 'smtp://m.example', REVAL_NOTIFY_SMTP_USER: 'u' }), [
    'MAIL_TO',
    'MAIL_FROM',
    'SMTP_PASSWORD',
  ])
  assert.deepEqual(missing({ REVAL_NOTIFY_MAIL_TO: 'a@example.org', REVAL_NOTIFY_SMTP_PASSWORD: 'p' }), [
    'SMTP_URL',
    'SMTP_USER',
  ])
})

test('the port of a mail server follows from its kind of TLS', () => {
  const mailOf = (url: string) =>
    readConfig({
      REVAL_NOTIFY_SMTP_URL: url,
      REVAL_NOTIFY_MAIL_TO: 'a@example.org',
      REVAL_NOTIFY_MAIL_FROM: 'b@example.org',
    }).notifications.mail
  const found = ['smtp://m.example', 'smtps://m.example', 'smtp://[::1]:2525'].map(mailOf)
  assert.deepEqual(
    found.map((mail) => [mail?.host, mail?.port, mail?.isSecure]),
    [
      ['m.example', 587, false],
      ['m.example', 465, true],
      ['::1', 2525, false],
    ],
  )
})
