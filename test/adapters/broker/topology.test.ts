import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bindingKey, checkTopology, deadLetterName } from '../../../src/adapters/broker/topology.ts'
import { DEFAULT_TOPOLOGY, type Topology } from '../../../src/messages/topology.ts'

test('the default names do not collide', () => {
  checkTopology(DEFAULT_TOPOLOGY)
})

test('a queue is bound with the key of its route, or with none', () => {
  assert.equal(bindingKey(DEFAULT_TOPOLOGY, 'syncStart'), 'reval.connection.syncstart')
  assert.equal(
    bindingKey(DEFAULT_TOPOLOGY, 'getMaster.connection'),
    bindingKey(DEFAULT_TOPOLOGY, 'getMaster.recommendation'),
  )
  assert.equal(bindingKey(DEFAULT_TOPOLOGY, 'doctorData'), null)
})

test('a dead letter queue is named after its queue', () => {
  assert.equal(deadLetterName(DEFAULT_TOPOLOGY, 'traineeData'), 'reval.queue.connection.syncdata.dlq')
  assert.equal(deadLetterName(DEFAULT_TOPOLOGY, 'doctorData'), 'tis-revalidation-sync-gmc-queue-prod-dlq')
})

const { routes, queues } = DEFAULT_TOPOLOGY
const wrong: Readonly<Record<string, [Topology, RegExp]>> = {
  'a route without a queue': [
    { ...DEFAULT_TOPOLOGY, routes: { ...routes, syncStart: { key: 'k', queues: [] } } },
    /no queue .*: syncStart$/,
  ],
  'two queues with one name': [
    { ...DEFAULT_TOPOLOGY, queues: { ...queues, 'getMaster.connection': queues.syncStart } },
    /queue name used more than once: reval\.queue\.connection\.syncstart/,
  ],
  "a queue with the name of another's dead letter queue": [
    { ...DEFAULT_TOPOLOGY, queues: { ...queues, doctorData: `${queues.syncStart}.dlq` } },
    /queue name used more than once: reval\.queue\.connection\.syncstart\.dlq$/,
  ],
  'two routes with one key': [
    {
      ...DEFAULT_TOPOLOGY,
      routes: { ...routes, gmcSyncStart: { key: routes.syncStart.key, queues: ['gmcSyncStart'] } },
    },
    /routing key used more than once: reval\.connection\.syncstart$/,
  ],
}
for (const [what, [topology, message]] of Object.entries(wrong)) {
  test(`${what} is rejected`, () => {
    assert.throws(() => checkTopology(topology), { code: 'CONFIG_INVALID', message })
  })
}
