import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NOTIFICATION, NOTIFICATION_LIST, NOTIFICATION_TESTS } from '../../src/app/json/notifications.ts'
import { openRunLedger } from '../../src/adapters/run-ledger/sqlite/open.ts'
import { NOTIFICATIONS } from '../../src/ports/notifications.ts'
import { Workplace } from '../app/job/workplace.ts'
import { aNotification } from '../app/notifications/a-notification.ts'
import { failsTwice, httpReceiver } from '../app/notifications/http-receiver.ts'
import { at, reval } from './reval.ts'

const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`

test('reval notify --test sends a message to every destination, and says what happened without secrets', async (t) => {
  const [webhook, teams] = [await httpReceiver(t), await httpReceiver(t, failsTwice)]
  const env = {
    REVAL_NOTIFY_WEBHOOK_URL: webhook.url,
    REVAL_NOTIFY_WEBHOOK_SECRET: SECRET,
    REVAL_NOTIFY_TEAMS_URL: teams.url,
    REVAL_CONSOLE_NAME: 'PREPROD',
  }
  const { code, out, err } = await reval(['notify', '--test'], { env })
  assert.deepEqual([code, err], [1, ''])
  assert.equal(out, 'webhook: delivered\nteams: FAILED, answered with status 500\n')
  const { event, title, environment } = NOTIFICATION.parse(JSON.parse(webhook.received[0]?.body ?? ''))
  assert.deepEqual([event, title, environment], ['test', 'A test message', 'PREPROD'])
  await reval(['notify', '--test'], { env })
  const json = await reval(['notify', '--test', '--json'], { env })
  assert.equal(json.code, 0)
  assert.deepEqual(NOTIFICATION_TESTS.parse(JSON.parse(json.out)), [
    { destination: 'webhook', reason: null },
    { destination: 'teams', reason: null },
  ])
  for (const { headers } of webhook.received) assert.match(String(headers['webhook-signature']), /^v1,/)
})

test('reval notify --test without destinations says so', async () => {
  const { code, out } = await reval(['notify', '--test'])
  assert.equal(code, 1)
  assert.match(out, /^No destination is configured/)
})

test('reval notify shows where notifications go and how far each has got', async (t) => {
  const place = await Workplace.make(t)
  await place.loadFew()
  const where = at(place.directory)
  const env = { REVAL_NOTIFY_SLACK_URL: 'https://hooks.slack.example/secret' }
  assert.match((await reval(['notify', ...where])).out, /^No destination is configured.*\nNo notifications yet\n$/)
  const ledger = await openRunLedger(place.directory)
  const deliveries = [
    { destination: 'slack', state: 'waiting', tries: 2, triedAt: 1, reason: 'answered with status 500' },
    { destination: 'mail', state: 'delivered', tries: 1, triedAt: 1, reason: null },
  ] as const
  const notifications = [{ ...aNotification(), deliveries }]
  await ledger.save('notifications', NOTIFICATIONS, { since: 0, made: [], behind: [], notifications }, 'new')
  await ledger.close()
  const { out } = await reval(['notify', ...where], { env })
  assert.match(out, /^Destinations: slack$/m)
  assert.match(out, /A sync failed +r1 +slack waiting \(answered with status 500\), mail delivered$/m)
  const json = await reval(['notify', '--json', ...where], { env })
  assert.doesNotMatch(json.out, /secret/)
  const { destinations, notifications: shown } = NOTIFICATION_LIST.parse(JSON.parse(json.out))
  assert.deepEqual([destinations, shown[0]?.deliveries.length], [['slack'], 2])
})
