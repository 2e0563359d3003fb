import { setTimeout as pause } from 'node:timers/promises'
import { asRevalError } from '../../../errors/reval-error.ts'
import type { Consumer, ConsumeOptions } from '../../../ports/broker.ts'
import type { RabbitmqConsumer } from './consumer.ts'

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5_000

/** A consumer that continues until it is stopped: after a loss it starts again. Rejects if the first start fails. */
export async function restartingConsumer(
  { onTrouble }: Pick<ConsumeOptions, 'onTrouble'>,
  start: () => Promise<RabbitmqConsumer>,
): Promise<Consumer> {
  const stopping = new AbortController()
  const isStopping = () => stopping.signal.aborted
  let consumer = await start()

  /** Tries until it succeeds, with growing pauses. Null once stopping or closed. */
  const startAgain = async (): Promise<RabbitmqConsumer | null> => {
    for (let wait = FIRST_PAUSE_MS; !isStopping(); wait = Math.min(2 * wait, LONGEST_PAUSE_MS)) {
      try {
        await pause(wait, null, { signal: stopping.signal, ref: false })
        return await start()
      } catch (error) {
        const coded = asRevalError(error, 'BROKER_FAILED')
        if (isStopping() || coded.code === 'BROKER_CLOSED') return null
        onTrouble(coded)
      }
    }
    return null
  }

  const run = async (): Promise<void> => {
    while (!isStopping()) {
      const lost = await consumer.ended
      if (lost === null || isStopping()) return
      onTrouble(lost)
      await consumer.stop()
      const next = await startAgain()
      if (next === null) return
      consumer = next
    }
    await consumer.stop()
  }

  const running = run()
  return {
    stop: async () => {
      stopping.abort()
      await consumer.stop()
      await running
    },
  }
}
