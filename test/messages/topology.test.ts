import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEFAULT_TOPOLOGY, type QueueName, type RouteName } from '../../src/messages/topology.ts'
import { QUEUES, ROUTES, type Queue, type Route } from '../../src/ports/broker.ts'
import { MESSAGES_DOCUMENT } from './captures.ts'

// The names exist twice, because messages are below ports; the compiler keeps both lists equal.
const routeOfName: (name: RouteName) => Route = (name) => name
const nameOfRoute: (route: Route) => RouteName = (route) => route
const queueOfName: (name: QueueName) => Queue = (name) => name
const nameOfQueue: (queue: Queue) => QueueName = (queue) => queue

test('the topology has exactly the routes and queues of the broker port', () => {
  const { routes, queues } = DEFAULT_TOPOLOGY
  assert.deepEqual(Object.keys(routes).sort(), ROUTES.map(nameOfRoute).sort())
  assert.deepEqual(Object.keys(queues).sort(), QUEUES.map(nameOfQueue).sort())
  assert.equal(routeOfName('getMaster'), 'getMaster')
  assert.equal(queueOfName('doctorData'), 'doctorData')
})

test('every queue is fed by exactly one route', () => {
  const fed = Object.values(DEFAULT_TOPOLOGY.routes).flatMap(({ queues }) => queues)
  assert.deepEqual(fed.sort(), [...QUEUES].sort())
})

test('keys and queue names match docs/messages.md', () => {
  const { exchange, routes, queues } = DEFAULT_TOPOLOGY
  const keys = Object.values(routes).flatMap(({ key }) => key ?? [])
  assert.equal(keys.length, ROUTES.length - 3, 'all but the routes of SQS have a key')
  const shortened = /^reval\.queue\.(?:indexrebuild|masterdoctorview).*\.connection$/
  const listed = Object.values(queues).filter((name) => !shortened.test(name))
  assert.equal(listed.length, QUEUES.length - 2)
  for (const name of [exchange, ...keys, ...listed]) assert.ok(MESSAGES_DOCUMENT.includes(`\`${name}\``), name)
})

test('queues for two services differ only in the service name', () => {
  const { queues } = DEFAULT_TOPOLOGY
  for (const route of ['getMaster', 'masterRowChanged'] as const) {
    const [one, other] = [queues[`${route}.recommendation`], queues[`${route}.connection`]]
    const key = DEFAULT_TOPOLOGY.routes[route].key ?? ''
    assert.equal(one, `${key.replace(/^reval/, 'reval.queue')}.recommendation`)
    assert.equal(other, one.replace(/recommendation$/, 'connection'))
  }
})
