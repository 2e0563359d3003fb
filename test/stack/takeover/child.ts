import { writeSync } from 'node:fs'
import { createLog, logEvents } from '../../../src/app/log.ts'
import { backendsOf } from '../../../src/app/backends.ts'
import { startWorkerOn } from '../../../src/app/worker.ts'
import { readConfig } from '../../../src/config/config.ts'
import { environment } from '../../../src/config/read-settings.ts'
import type { Broker, Delivery } from '../../../src/ports/broker.ts'
import type { Clock } from '../../../src/ports/clock.ts'
import { createRunEvents } from '../../../src/sync/events.ts'
import { watched } from '../../crash/deadly.ts'

/**
 * Integration on the servers of its environment, to which something happens at the n-th of a moment of `watched`, once
 * so many runs have ended: `bin/run-node test/stack/takeover/child.ts SIGSTOP 'store.write before' 1 0`. The moment
 * `start` is its start. What happens is a signal, or the clock being set by so many milliseconds. It says so, and logs
 * what `reval start` logs.
 */
const [, , what = '', moment = '', count = '1', runs = '0'] = process.argv
const config = readConfig(environment(), {}, ['integration'])
const services = ['integration'] as const
let seen = 0
let ended = 0
let shiftMs = 0

const told = (now: string): void => {
  if (now !== moment || ended < Number(runs)) return
  seen += 1
  if (seen === Number(count)) happen()
}

function happen(): void {
  writeSync(1, `${what} at ${moment}\n`)
  if (/^-?\d+$/.test(what)) {
    shiftMs = Number(what)
    return
  }
  process.kill(process.pid, what)
  // Another thread may take the signal: nothing is to be done here until the whole process has stopped.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
}

/** The first doctors that come then cannot be read, so that their rows fail. */
function garbling(broker: Broker): Broker {
  const garbled = (delivery: Delivery): Delivery => ({
    body: Buffer.from('{"payload":'),
    attributes: delivery.attributes,
    deliveries: delivery.deliveries,
    sentAt: delivery.sentAt,
    acknowledge: () => delivery.acknowledge(),
    giveBack: (delayMs) => delivery.giveBack(delayMs),
    deadLetter: (code, reason) => delivery.deadLetter(code, reason),
  })
  return {
    capabilities: broker.capabilities,
    publish: (route, message, signal) => broker.publish(route, message, signal),
    consume: (queue, options, handler) =>
      broker.consume(queue, options, (delivery) => {
        const isGarbled = queue === 'doctorData' && ended >= Number(runs) && seen === 0
        return handler(isGarbled ? garbled(delivery) : delivery)
      }),
    depth: (queue) => broker.depth(queue),
    queueState: (queue) => broker.queueState(queue),
    countDeadLetters: (queue) => broker.countDeadLetters(queue),
    deadLetters: (queue, limit) => broker.deadLetters(queue, limit),
    eachDeadLetter: (queue, visit) => broker.eachDeadLetter(queue, visit),
    removeDeadLetters: (queue, ids) => broker.removeDeadLetters(queue, ids),
    ping: () => broker.ping(),
    close: () => broker.close(),
  }
}

const backends = await (await backendsOf(config)).openWorker(config, services)
const clock: Clock = {
  now: () => backends.clock.now() + shiftMs,
  monotonic: () => backends.clock.monotonic(),
  wait: (milliseconds, signal) => backends.clock.wait(milliseconds, signal),
}
const events = createRunEvents()
logEvents(createLog(config.log), events)
events.on('run.ended', () => {
  ended += 1
})
told('start')
const worker = await startWorkerOn(
  {
    ...backends,
    clock,
    ledger: watched('ledger', backends.ledger, told),
    store: watched('store', backends.store, told),
    broker: watched(
      'broker',
      moment.startsWith('ledger.addFailures') ? garbling(backends.broker) : backends.broker,
      told,
    ),
    workspaces: { open: async () => watched('workspace', await backends.workspaces.open(), told) },
    // What was opened is closed by these, not by what watches it.
    close: () => backends.close(),
  },
  config,
  { services, events },
)
const asked = new Promise<void>((resolve) => process.once('SIGTERM', () => resolve()))
await Promise.race([asked, worker.ended])
await worker.stop()
