import type { ListedFailure } from '../sync/failures/failure.ts'
import type { FailureList } from '../sync/failures/find-failures.ts'
import { instant } from './json/parts.ts'

/** A failure as in HTTP responses and `--json`: instants as ISO 8601. */
export type FailureView<Failure extends ListedFailure = ListedFailure> = Omit<Failure, 'at'> & {
  readonly at: string | null
}

export function failureView<Failure extends ListedFailure>(failure: Failure): FailureView<Failure> {
  return { ...failure, at: instant(failure.at) }
}

export function failureListView({ total, failures }: FailureList) {
  return { total, failures: failures.map(failureView) }
}
