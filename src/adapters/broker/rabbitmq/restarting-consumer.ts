import { setTimeout as pause } from 'node:timers/promises'
import { asRevalError } from '../../../errors/reval-error.ts'
import type { Consumer, ConsumeOptions } from '../../../ports/broker.ts'

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5_000

/**
 * A consumer that goes on until it is stopped: one that was lost is begun again, after a pause that grows. Rejects where
 * the first start fails.
 */
export async function restartingConsumer(
  { onTrouble }: Pick<ConsumeOptions, 'onTrouble'>,
  begin: (onLost: (error: Error) => void) => Promise<Consumer>,
): Promise<Consumer> {
  const stopping = new AbortController()
  let restarting: Promise<void> = Promise.resolve()
  const isStopping = () => stopping.signal.aborted
  const onLost = (error: unknown): void => {
    if (isStopping()) return
    onTrouble(asRevalError(error, 'BROKER_FAILED'))
    restarting = restarting.then(beginAgain)
  }
  const beginAgain = async (): Promise<void> => {
    await consumer.stop().catch(() => undefined)
    for (let wait = FIRST_PAUSE_MS; !isStopping(); wait = Math.min(2 * wait, LONGEST_PAUSE_MS)) {
      // Rejected by nothing but the end, which is looked at next.
      await pause(wait, null, { signal: stopping.signal, ref: false }).catch(() => null)
      if (isStopping()) return
      try {
        consumer = await begin(onLost)
        return
      } catch (error) {
        const coded = asRevalError(error, 'BROKER_FAILED')
        if (isStopping() || coded.code === 'BROKER_CLOSED') return
        onTrouble(coded)
      }
    }
  }
  let consumer = await begin(onLost)
  return {
    stop: async () => {
      stopping.abort()
      await restarting
      await consumer.stop()
    },
  }
}
