/** One thing that was looked at before anything is started: a server, a queue, a table, an index. */
export interface Finding {
  /** What was looked at, such as `queue reval.queue.connection.syncdata`. */
  readonly what: string
  /** `bad` keeps the job from working; `doubtful` is worth knowing and keeps nothing. */
  readonly standing: 'good' | 'doubtful' | 'bad'
  /** What was found: a version, a number, what is wrong. Never a secret. */
  readonly found: string
  /** What to do about it, the setting named; absent where it is good. */
  readonly remedy?: string
}
