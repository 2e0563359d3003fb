/** Time. Nothing above the adapters reads a clock directly. */
export interface Clock {
  /** Milliseconds since the epoch: for records and display. It may go back. */
  now(): number
  /** Milliseconds since some moment, never decreasing: for durations. */
  monotonic(): number
  /**
   * Resolves after `milliseconds`, or as soon as the signal is aborted. Never rejects: the caller checks its signal. Once
   * aborted, it does not keep the process running.
   */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
}
