/** The result of one check of the configuration: of a server, a queue, a table, an index. */
export interface Finding {
  /** What was checked, such as `queue reval.queue.connection.syncdata`. */
  readonly what: string
  /** `fail`: the job cannot work. `warn`: worth knowing, but everything works. */
  readonly status: 'ok' | 'warn' | 'fail'
  /** What was found: a version, a number, what is wrong. Never a secret. */
  readonly found: string
  /** What to do, naming the setting; absent if it is `ok`. */
  readonly remedy?: string
}
