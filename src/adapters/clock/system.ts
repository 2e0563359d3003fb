import { setTimeout as timer } from 'node:timers/promises'
import type { Clock } from '../../ports/clock.ts'

// The maximum of a timer is a signed 32-bit number of milliseconds; a longer one would fire at once.
const LONGEST_TIMER = 2 ** 31 - 1

/**
 * The clock of the machine. A wait keeps the process open until it is over or aborted. Its length is measured on the
 * monotonic clock: setting the machine's time neither shortens nor stretches it.
 */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),

  async wait(milliseconds, signal) {
    const end = performance.now() + milliseconds
    // Repeated because a timer may fire up to a millisecond early, and because of its greatest length.
    for (let left = milliseconds; left > 0 && !signal.aborted; left = end - performance.now()) {
      await sleep(Math.min(Math.ceil(left), LONGEST_TIMER), signal)
    }
  },
}

async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await timer(milliseconds, undefined, { signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
