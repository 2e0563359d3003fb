import type { Broker, Delivery, OutgoingMessage, Queue, Route } from '../../ports/broker.ts'
import { CHANNELS, type Channel } from '../../ports/changes.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Observer } from './observer.ts'

/** The broker: publishing is measured, and each delivery until it ends. */
export function observedBroker(broker: Broker, observer: Observer, clock: Pick<Clock, 'now'>): Broker {
  const publish = (route: Route, message: OutgoingMessage, signal?: AbortSignal) =>
    observer.call({ to: 'broker', metric: 'publishSeconds', labels: { route }, span: null }, () =>
      broker.publish(route, message, signal),
    )
  return {
    capabilities: broker.capabilities,
    publish: (route, message, signal) =>
      observer.traces === null
        ? publish(route, message, signal)
        : observer.traces.publish(route, message, (traced) => publish(route, traced, signal)),
    consume: (queue, options, handler) =>
      broker.consume(queue, options, (delivery) => {
        const measured = measuredDelivery(queue, delivery, observer, clock)
        if (observer.traces === null) return handler(measured)
        return observer.traces.receive(queue, measured, handler)
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

function measuredDelivery(queue: Queue, delivery: Delivery, observer: Observer, clock: Pick<Clock, 'now'>): Delivery {
  const { metrics } = observer
  if (metrics === null) return delivery
  const startedAt = observer.seconds()
  const over = (end: 'acknowledged' | 'given back' | 'dead-lettered') =>
    metrics.took('messageSeconds', observer.seconds() - startedAt, { queue, end })
  const { body, attributes, deliveries, sentAt } = delivery
  return {
    body,
    attributes,
    deliveries,
    sentAt,
    acknowledge: async () => {
      // Changes are acknowledged once their rows are visible.
      if (isChannel(queue) && sentAt !== null) {
        metrics.took('changeSeconds', Math.max(0, clock.now() - sentAt) / 1000, { channel: queue })
      }
      await delivery.acknowledge()
      over('acknowledged')
    },
    giveBack: async (delay) => {
      await delivery.giveBack(delay)
      over('given back')
    },
    deadLetter: async (code, reason) => {
      await delivery.deadLetter(code, reason)
      over('dead-lettered')
    },
  }
}

function isChannel(queue: Queue): queue is Channel {
  return (CHANNELS as readonly Queue[]).includes(queue)
}
