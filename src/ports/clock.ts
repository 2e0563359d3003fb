/** Time, injected. Nothing above the adapters reads a clock of its own. */
export interface Clock {
  /** Milliseconds since the epoch: for what is stored and shown. It may be set back. */
  now(): number
  /** Milliseconds since some moment, never fewer than before: for durations. */
  monotonic(): number
  /**
   * Resolves when `milliseconds` have passed, or at once when the signal is aborted, then or before. Never rejects:
   * a waiter looks at its signal. Holds no process open by itself once aborted.
   */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
}
