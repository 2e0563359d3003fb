import type { ListName } from '../../domain/list-query.ts'
import type { ConnectionsPage, DoctorsPage } from './answers.ts'
import type { Parameters } from './parameter.ts'

/** A request for a list, from a caller who is known. */
export interface Asked {
  readonly list: ListName
  readonly parameters: Parameters
  /** The bodies whose rows the caller may see; null for all. */
  readonly permitted: readonly string[] | null
  /** The credentials of the caller as they came, for a service that checks them too. */
  readonly authorization: string | null
  /** Aborted when the caller is gone. */
  readonly signal: AbortSignal
}

export interface ListAnswer<T> {
  readonly body: T
  /** From which run and day the data is. */
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Answers requests for lists. Rejects USAGE for a parameter that cannot be read, BODY_FORBIDDEN, NOTHING_LIVE, LIST_SERVICE_FAILED,
 * INTERRUPTED once the caller is gone, and what the ledger and the list reader reject.
 */
export interface ListSource {
  doctors(asked: Asked): Promise<ListAnswer<DoctorsPage>>
  connections(asked: Asked): Promise<ListAnswer<ConnectionsPage>>
  suggestions(asked: Asked): Promise<ListAnswer<readonly string[]>>
  /** The whole list as CSV. The loop ends with an error if the list cannot be read to its end. */
  csv(asked: Asked): Promise<ListAnswer<AsyncIterable<string>>>
}
