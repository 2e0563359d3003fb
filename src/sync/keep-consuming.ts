import { asRevalError } from '../errors/reval-error.ts'
import type { Consumer, Delivery, Queue } from '../ports/broker.ts'
import type { SyncContext } from './context.ts'

/** How long to wait before a lost consumer is started again. */
const START_AGAIN_MS = 1_000

/**
 * Consumes a queue until it is stopped; a consumer that the broker ended is started again. Rejects when the first
 * start fails: then nothing was begun.
 */
export async function keepConsuming(
  context: SyncContext,
  queue: Queue,
  prefetch: number,
  handler: (delivery: Delivery) => Promise<void>,
): Promise<Consumer> {
  const { broker, clock, events } = context
  const stopping = new AbortController()
  let restarting: Promise<void> = Promise.resolve()

  const onLost = (error: Error): void => {
    events.emit('trouble', { doing: `consuming ${queue}`, error: asRevalError(error, 'BROKER_FAILED') })
    restarting = restarting.then(startAgain)
  }
  const start = () => broker.consume(queue, { prefetch, onLost }, handler)
  const isStopping = () => stopping.signal.aborted
  const startAgain = async (): Promise<void> => {
    while (!isStopping()) {
      await clock.wait(START_AGAIN_MS, stopping.signal)
      if (isStopping()) return
      try {
        await consumer.stop()
        consumer = await start()
        return
      } catch (error) {
        events.emit('trouble', { doing: `consuming ${queue} again`, error: asRevalError(error, 'BROKER_FAILED') })
      }
    }
  }

  let consumer = await start()
  return {
    stop: async () => {
      stopping.abort()
      await restarting
      await consumer.stop()
    },
  }
}
