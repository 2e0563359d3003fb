import type { TestContext } from 'node:test'
import { QUEUES, type Broker, type Queue, type Route } from '../../../src/ports/broker.ts'

/** A broker with queues that no other test uses. */
export interface BrokerPlace {
  readonly broker: Broker
  /** The clock that delays are measured by, in milliseconds. */
  readonly now: () => number
  /** The clock that messages are dated by: milliseconds since the epoch. */
  readonly wallClock: () => number
  /** Advances that clock, and runs what follows without another event. */
  readonly passTime: (milliseconds: number) => Promise<void>
  /** Another broker on the same queues, if messages are kept. */
  readonly reopen?: () => Promise<Broker>
  /** Closes all brokers of the place and removes its queues. */
  readonly dispose: () => Promise<void>
}

export type BrokerFactory = () => Promise<BrokerPlace>

/** A place for one test, disposed of afterwards. */
export async function openPlace(t: TestContext, factory: BrokerFactory): Promise<BrokerPlace> {
  const place = await factory()
  t.after(() => place.dispose())
  return place
}

/** The queues of a route: the one with its name, or those whose names start with it. */
export function queuesOf(route: Route): readonly [Queue, ...Queue[]] {
  const [first, ...others] = QUEUES.filter((queue) => queue === route || queue.startsWith(`${route}.`))
  if (first === undefined) throw new Error(`no queue is named after ${route}`)
  return [first, ...others]
}
