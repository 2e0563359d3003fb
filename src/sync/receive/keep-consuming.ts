import { asRevalError } from '../../errors/reval-error.ts'
import type { ConsumeOptions, Consumer, Delivery, Queue } from '../../ports/broker.ts'
import type { SyncContext } from '../context.ts'
import { Backoff } from '../wait/persist.ts'

/**
 * Consumes a queue until it is stopped; a consumer that the broker ended is started again, however long the broker is
 * away. Rejects when the first start fails: then nothing was begun.
 */
export async function keepConsuming(
  context: SyncContext,
  queue: Queue,
  options: Omit<ConsumeOptions, 'onLost'>,
  handler: (delivery: Delivery) => Promise<void>,
): Promise<Consumer> {
  const { broker, clock, events } = context
  const stopping = new AbortController()
  let restarting: Promise<void> = Promise.resolve()

  const onLost = (error: Error): void => {
    events.emit('trouble', { doing: `consuming ${queue}`, error: asRevalError(error, 'BROKER_FAILED') })
    restarting = restarting.then(startAgain)
  }
  const start = () => broker.consume(queue, { ...options, onLost }, handler)
  const isStopping = () => stopping.signal.aborted
  const tell = (doing: string, error: unknown) => {
    events.emit('trouble', { doing: `${doing} ${queue}`, error: asRevalError(error, 'BROKER_FAILED') })
  }
  const startAgain = async (): Promise<void> => {
    const backoff = new Backoff()
    // What is lost may refuse to be stopped; that keeps nobody from consuming anew.
    await consumer.stop().catch((error: unknown) => tell('releasing', error))
    while (!isStopping()) {
      await clock.wait(backoff.next(), stopping.signal)
      if (isStopping()) return
      try {
        consumer = await start()
        return
      } catch (error) {
        tell('restarting the consumer of', error)
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
