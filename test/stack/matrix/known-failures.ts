/** Failures that are the fault of a server, which nothing here can mend. Any other is ours. */
export interface KnownFailure {
  /** As `stack/env` calls what stands for the server. */
  readonly kind: string
  /** In the name of the test, or in its error as Node shows it. */
  readonly sign: RegExp
  readonly reason: string
}

export const KNOWN_FAILURES: readonly KnownFailure[] = [
  {
    kind: 'fauxqs',
    sign: /Invalid characters found/,
    reason: 'fauxqs refuses characters beyond U+FFFF, which Amazon SQS takes',
  },
]
