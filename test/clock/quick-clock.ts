import type { Clock } from '../../src/ports/clock.ts'

/** The clock of the machine, so many times quicker: for waits of a second that a test cannot do without. */
export function quickClock(clock: Clock, times: number): Clock {
  const start = clock.now()
  return {
    now: () => start + (clock.now() - start) * times,
    monotonic: () => clock.monotonic() * times,
    wait: (milliseconds, signal) => clock.wait(milliseconds / times, signal),
  }
}
