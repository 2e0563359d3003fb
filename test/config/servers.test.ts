import assert from 'node:assert/strict'
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readConfig } from '../../src/config/config.ts'
import type { Role } from '../../src/config/roles.ts'
import { SETTINGS } from '../../src/config/settings.ts'
import { QUEUES, ROUTES } from '../../src/ports/broker.ts'
import { faultsOf } from './faults-of.ts'

const SERVERS = { REVAL_BACKENDS: 'servers' }
const NEEDED: Readonly<Record<Role, readonly string[]>> = {
  integration: ['REVAL_MONGODB_URL', 'REVAL_RABBITMQ_URL', 'REVAL_SEARCH_URL'],
  tcs: ['REVAL_MYSQL_URL', 'REVAL_MYSQL_USER', 'REVAL_RABBITMQ_URL', 'REVAL_SEARCH_URL'],
  recommendation: ['REVAL_MONGODB_URL', 'REVAL_RABBITMQ_URL', 'REVAL_SEARCH_URL'],
  connection: ['REVAL_RABBITMQ_URL', 'REVAL_SEARCH_URL'],
  reader: ['REVAL_SEARCH_URL'],
  'dead letter reader': ['REVAL_RABBITMQ_URL', 'REVAL_SEARCH_URL'],
}

for (const [role, variables] of Object.entries(NEEDED) as [Role, readonly string[]][]) {
  test(`${role} requires its own servers and no others`, () => {
    const faults = faultsOf(() => readConfig(SERVERS, {}, [role]))
    assert.deepEqual(faults.map(({ setting }) => setting).sort(), variables)
    assert.ok(faults.every(({ reason }) => reason.includes(role)))
    const set = Object.fromEntries(variables.map((variable) => [variable, valueOf(variable)]))
    assert.equal(readConfig({ ...SERVERS, ...set }, {}, [role]).backends, 'servers')
  })
}

function valueOf(variable: string): string {
  if (variable.endsWith('_USER')) return 'reval'
  return (
    { RABBITMQ: 'amqp://b', SEARCH: 'http://s', MYSQL: 'mysql://m/tcs', MONGODB: 'mongodb://d/r' }[
      variable.split('_')[1] ?? ''
    ] ?? ''
  )
}

test('integration has live changes where it can read TCS too, unless they are chosen', () => {
  const own = { ...SERVERS, ...Object.fromEntries(NEEDED.integration.map((variable) => [variable, valueOf(variable)])) }
  const tcs = { REVAL_MYSQL_URL: valueOf('REVAL_MYSQL_URL'), REVAL_MYSQL_USER: 'reval' }
  const read = (set: Readonly<Record<string, string>>) => readConfig(set, {}, ['integration']).liveChanges
  assert.equal(read({}), true)
  assert.equal(read({ REVAL_LIVE_CHANGES: 'off' }), false)
  assert.equal(read(own), false)
  assert.equal(read({ ...own, ...tcs }), true)
  assert.equal(read({ ...own, ...tcs, REVAL_LIVE_CHANGES: 'off' }), false)
  assert.equal(read({ ...own, REVAL_MYSQL_URL: tcs.REVAL_MYSQL_URL, REVAL_LIVE_CHANGES: 'off' }), false)
  const missing = (set: Readonly<Record<string, string>>) =>
    faultsOf(() => read({ ...own, ...set })).map(({ setting }) => setting)
  assert.deepEqual(missing({ REVAL_LIVE_CHANGES: 'on' }), ['REVAL_MYSQL_URL', 'REVAL_MYSQL_USER'])
  assert.deepEqual(missing({ REVAL_MYSQL_URL: tcs.REVAL_MYSQL_URL }), ['REVAL_MYSQL_USER'])
  assert.deepEqual(missing({ REVAL_LIVE_CHANGES: 'yes' }), ['REVAL_LIVE_CHANGES'])
})

test('embedded backends require no server, in any role', () => {
  assert.equal(readConfig({}, {}, ['integration', 'tcs']).backends, 'embedded')
})

test('missing settings are reported together with invalid ones', () => {
  const faults = faultsOf(() => readConfig({ ...SERVERS, REVAL_PORT: 'x' }, {}, ['reader']))
  assert.deepEqual(
    faults.map(({ setting }) => setting),
    ['REVAL_PORT', 'REVAL_SEARCH_URL'],
  )
})

test('an invalid server address is refused with the reason, and its credentials are never shown', () => {
  const reasonOf = (address: string) => faultsOf(() => readConfig({ REVAL_RABBITMQ_URL: address }))[0]?.reason ?? ''
  assert.match(reasonOf('broker.example'), /such as amqps:/)
  assert.match(reasonOf('http://broker.example'), /amqp:\/\/ or amqps:/)
  assert.match(reasonOf('amqp://reval:hush@broker.example'), /use the separate settings/)
  assert.match(reasonOf('amqp://broker.example/?heartbeat=1'), /query or fragment/)
  const several = 'mongodb://one.example:27017,two.example:27017/reval'
  assert.equal(readConfig({ REVAL_MONGODB_URL: several }).servers.mongodbUrl, several)
})

test('a password in an address appears in no error', () => {
  const faults = faultsOf(() => readConfig({ REVAL_RABBITMQ_URL: 'amqp://reval:hush@broker.example' }))
  assert.doesNotMatch(JSON.stringify(faults), /hush/)
})

test('secrets are declared as such', () => {
  const secret = Object.values(SETTINGS).filter((each) => 'secret' in each && each.secret)
  assert.deepEqual(secret.map(({ variable }) => variable).sort(), [
    'REVAL_CONSOLE_CLIENT_SECRET',
    'REVAL_METRICS_TOKEN',
    'REVAL_MONGODB_PASSWORD',
    'REVAL_MYSQL_PASSWORD',
    'REVAL_NOTIFY_SLACK_URL',
    'REVAL_NOTIFY_SMTP_PASSWORD',
    'REVAL_NOTIFY_TEAMS_URL',
    'REVAL_NOTIFY_WEBHOOK_SECRET',
    'REVAL_NOTIFY_WEBHOOK_URL',
    'REVAL_OPERATOR_TOKEN',
    'REVAL_RABBITMQ_PASSWORD',
    'REVAL_SEARCH_PASSWORD',
    'REVAL_SESSION_KEYS',
    'REVAL_SQS_SECRET_ACCESS_KEY',
    'REVAL_TOKEN',
  ])
})

test('certificate authorities are read from a valid PEM file', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'reval-ca-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const [pem, other] = [join(folder, 'ca.pem'), join(folder, 'ca.txt')]
  writeFileSync(pem, '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n')
  writeFileSync(other, 'no certificate')
  assert.match(readConfig({ REVAL_SEARCH_CA: pem }).servers.searchCa ?? '', /BEGIN CERTIFICATE/)
  assert.match(faultsOf(() => readConfig({ REVAL_SEARCH_CA: other }))[0]?.reason ?? '', /no PEM certificate/)
  assert.match(faultsOf(() => readConfig({ REVAL_SEARCH_CA: '/nowhere' }))[0]?.reason ?? '', /cannot read/)
})

test('every route and queue has its own name, which can be set', () => {
  const named = Object.values(SETTINGS).filter(({ variable }) => /^REVAL_(KEY|QUEUE)_(?!LIMIT)/.test(variable))
  const environment = Object.fromEntries(named.map(({ variable }) => [variable, `set.${variable}`]))
  const { topology } = readConfig({ ...environment, REVAL_EXCHANGE: 'set.exchange' }).queues
  assert.equal(topology.exchange, 'set.exchange')
  const names = [
    ...QUEUES.map((queue) => topology.queues[queue]),
    ...ROUTES.flatMap((route) => topology.routes[route].key ?? []),
  ]
  assert.deepEqual([...names].sort(), Object.values(environment).sort())
})

test('two queues with the same name are refused', () => {
  const [fault] = faultsOf(() => readConfig({ REVAL_QUEUE_SYNC_START: 'q', REVAL_QUEUE_GMC_SYNC_START: 'q' }))
  assert.equal(fault?.setting, 'REVAL_QUEUE_*')
  assert.match(fault.reason, /q/)
})

test('an address that others can reach requires sign-in; loopback does not', () => {
  for (const host of ['0.0.0.0', '::', '10.0.0.1', 'reval.internal']) {
    const [fault] = faultsOf(() => readConfig({ REVAL_HOST: host }))
    assert.equal(fault?.setting, 'REVAL_HOST')
    assert.match(fault.reason, /REVAL_OIDC_ISSUER or REVAL_OPERATOR_TOKEN/)
    assert.equal(readConfig({ REVAL_HOST: host, REVAL_OPERATOR_TOKEN: 'x'.repeat(16) }).http.host, host)
  }
  for (const host of ['127.0.0.1', '127.0.0.9', '::1', 'localhost']) {
    assert.equal(readConfig({ REVAL_HOST: host }).http.host, host)
  }
})

test('a message must fit into the maximum of SQS', () => {
  const [fault] = faultsOf(() => readConfig({ ...SERVERS, REVAL_MESSAGE_BYTES: '262144' }))
  assert.equal(fault?.setting, 'REVAL_MESSAGE_BYTES')
  assert.ok(readConfig({ ...SERVERS, REVAL_MESSAGE_BYTES: '262144', REVAL_SQS_MAX_MESSAGE_BYTES: '1048576' }))
})
