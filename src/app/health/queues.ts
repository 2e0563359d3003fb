import type { ErrorCode } from '../../errors/codes.ts'
import { asRevalError } from '../../errors/reval-error.ts'
import type { Broker, Queue, QueueState } from '../../ports/broker.ts'
import type { Clock } from '../../ports/clock.ts'
import { Fresh } from './fresh.ts'
import { inTime, oneAtATime } from './ping.ts'

export interface QueueView {
  readonly queue: Queue
  /** Its name at the broker. */
  readonly name: string
  /** Null if the broker did not tell in time. */
  readonly state: QueueState | null
  /** Why it did not; null if it did. */
  readonly fault: { readonly code: ErrorCode; readonly reason: string } | null
}

export interface QueuesView {
  /** In milliseconds since the epoch. */
  readonly asOf: number
  readonly queues: readonly QueueView[]
}

const FRESH_MS = 5_000

/** The queues as the broker knows them, read when somebody wants to know, at most once in five seconds. */
export class QueuesWatch {
  readonly #view: Fresh<QueuesView>

  /** `queues` with their names. A broker that declares queues creates them: only those that something consumes. */
  constructor(
    broker: Pick<Broker, 'queueState'>,
    queues: readonly { readonly queue: Queue; readonly name: string }[],
    clock: Pick<Clock, 'now' | 'monotonic'>,
  ) {
    const asked = queues.map((each) => ({ ...each, ask: oneAtATime(() => broker.queueState(each.queue)) }))
    this.#view = new Fresh(clock, FRESH_MS, async () => ({
      queues: await Promise.all(asked.map(({ queue, name, ask }) => viewOf(queue, name, ask))),
      asOf: clock.now(),
    }))
  }

  /** Never rejects, and takes at most two seconds: what the broker does not tell is unknown, with the reason. */
  queuesView(): Promise<QueuesView> {
    return this.#view.get()
  }
}

async function viewOf(queue: Queue, name: string, ask: () => Promise<QueueState>): Promise<QueueView> {
  try {
    return { queue, name, state: await inTime(ask), fault: null }
  } catch (error) {
    const { code, message: reason } = asRevalError(error)
    return { queue, name, state: null, fault: { code, reason } }
  }
}
