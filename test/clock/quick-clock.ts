import type { Clock } from '../../src/ports/clock.ts'

/** The machine's clock, sped up by a factor, for waits of a second that a test cannot avoid. */
export function quickClock(clock: Clock, times: number): Clock {
  const start = clock.now()
  return {
    now: () => start + (clock.now() - start) * times,
    monotonic: () => clock.monotonic() * times,
    wait: (milliseconds, signal) => clock.wait(milliseconds / times, signal),
  }
}
