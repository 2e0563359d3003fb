/** Failures that are the fault of a server, which nothing here can mend. Any other is ours. */
export interface KnownFailure {
  /** As `stack/env` calls what stands for the server. */
  readonly kind: string
  readonly test: RegExp
  readonly reason: string
}

export const KNOWN_FAILURES: readonly KnownFailure[] = []
