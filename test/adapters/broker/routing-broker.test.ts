import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { openInProcessBroker } from '../../../src/adapters/broker/in-process/broker.ts'
import { routeToBrokers } from '../../../src/adapters/broker/routing-broker.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { DEFAULT_TOPOLOGY } from '../../../src/messages/topology.ts'
import { QUEUES, ROUTES, type Broker, type BrokerCapabilities } from '../../../src/ports/broker.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { brokerContract, type BrokerFactory } from '../../contract/broker.ts'
import { Inbox, messageOf } from '../../contract/broker/inbox.ts'
import { queuesOf } from '../../contract/broker/place.ts'

const ALONE = ['doctorData'] as const
const OTHERS = ROUTES.filter((route) => route !== 'doctorData')

const factory: BrokerFactory = async () => {
  const clock = new ManualClock()
  const open = () =>
    openInProcessBroker({
      topology: DEFAULT_TOPOLOGY,
      clock,
    })
  const broker = routeToBrokers([
    { broker: open(), routes: OTHERS, queues: OTHERS.flatMap(queuesOf) },
    { broker: open(), routes: ALONE, queues: ALONE },
  ])
  return {
    broker,
    now: () => clock.now(),
    wallClock: () => clock.now(),
    passTime: (milliseconds) => clock.advance(milliseconds),
    dispose: () => broker.close(),
  }
}

describe('several brokers behind one', () => {
  // Whichever carries the route.
  brokerContract(factory, { keepsMessages: false, exclusive: true }, ROUTES)
  brokerContract(factory, { keepsMessages: false, exclusive: true }, ALONE)
})

function inProcess(t: TestContext): Broker {
  const broker = openInProcessBroker({ topology: DEFAULT_TOPOLOGY, clock: new ManualClock() })
  t.after(() => broker.close())
  return broker
}

/** A broker with some methods overridden. */
function altered(broker: Broker, changes: Partial<Broker>): Broker {
  const methods = {
    publish: broker.publish.bind(broker),
    consume: broker.consume.bind(broker),
    depth: broker.depth.bind(broker),
    queueState: broker.queueState.bind(broker),
    countDeadLetters: broker.countDeadLetters.bind(broker),
    deadLetters: broker.deadLetters.bind(broker),
    eachDeadLetter: broker.eachDeadLetter.bind(broker),
    removeDeadLetters: broker.removeDeadLetters.bind(broker),
    ping: broker.ping.bind(broker),
    close: broker.close.bind(broker),
  }
  return { capabilities: broker.capabilities, ...methods, ...changes }
}

test('each route and queue belongs to its own broker', async (t) => {
  const commands = inProcess(t)
  const doctors = inProcess(t)
  const routing = routeToBrokers([
    { broker: commands, routes: ['syncStart'], queues: ['syncStart'] },
    { broker: doctors, routes: ALONE, queues: ALONE },
  ])
  await routing.publish('syncStart', messageOf('start'))
  await routing.publish('doctorData', messageOf('doctor'))
  const waiting = async (broker: Broker) =>
    Promise.all((['syncStart', 'doctorData'] as const).map(async (queue) => (await broker.depth(queue)).waiting))
  assert.deepEqual(await waiting(commands), [1, 0])
  assert.deepEqual(await waiting(doctors), [0, 1])
  assert.deepEqual(await waiting(routing), [1, 1])
})

test('it has the capabilities common to all', (t) => {
  const can = (...all: BrokerCapabilities[]) =>
    routeToBrokers(
      all.map((capabilities) => ({ broker: altered(inProcess(t), { capabilities }), routes: [], queues: [] })),
    ).capabilities
  const keeps = { keepsMessages: true, exclusive: false }
  const excludes = { keepsMessages: false, exclusive: true }
  const both = { keepsMessages: true, exclusive: true }
  assert.deepEqual(can(both, both), both)
  assert.deepEqual(can(keeps, both), keeps)
  assert.deepEqual(can(both, excludes), excludes)
  assert.deepEqual(can(keeps, excludes), { keepsMessages: false, exclusive: false })
})

test('a route carried by none or by two is rejected', async (t) => {
  const broker = inProcess(t)
  const routing = routeToBrokers([{ broker, routes: ALONE, queues: ALONE }])
  await assert.rejects(routing.publish('getMaster', messageOf('lost')), { code: 'INTERNAL', message: /getMaster/ })
  await assert.rejects(Inbox.open(routing, 'getMaster.connection'), {
    code: 'INTERNAL',
    message: /getMaster.connection/,
  })
  await assert.rejects(routing.depth('syncStart'), { code: 'INTERNAL' })
  await assert.rejects(routing.countDeadLetters('syncStart'), { code: 'INTERNAL' })
  await assert.rejects(routing.deadLetters('syncStart', 1), { code: 'INTERNAL' })
  await assert.rejects(routing.removeDeadLetters('syncStart', []), { code: 'INTERNAL' })
  const part = { broker, routes: ROUTES, queues: [] }
  assert.throws(() => routeToBrokers([part, { ...part, broker: inProcess(t) }]), { code: 'INTERNAL' })
  const queues = { broker, routes: [], queues: QUEUES }
  assert.throws(() => routeToBrokers([queues, { ...queues, broker: inProcess(t) }]), { code: 'INTERNAL' })
  await assert.rejects(routeToBrokers([]).depth('syncStart'), { code: 'INTERNAL' })
})

test('it is ready if all are', async (t) => {
  const away = new RevalError('SERVER_UNREACHABLE', 'away', { transient: true })
  const parts = [inProcess(t), altered(inProcess(t), { ping: () => Promise.reject(away) })].map((broker) => ({
    broker,
    routes: [],
    queues: [],
  }))
  await assert.rejects(routeToBrokers(parts).ping(), away)
  await routeToBrokers(parts.slice(0, 1)).ping()
})

test('all are closed, even if closing one fails', async (t) => {
  const stuck = new RevalError('BROKER_FAILED', 'stuck')
  const last = inProcess(t)
  const routing = routeToBrokers(
    [altered(inProcess(t), { close: () => Promise.reject(stuck) }), last].map((broker) => ({
      broker,
      routes: [],
      queues: [],
    })),
  )
  await assert.rejects(routing.close(), stuck)
  await assert.rejects(last.ping(), { code: 'BROKER_CLOSED' })
})
