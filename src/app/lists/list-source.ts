import type { ListName } from '../../domain/list-query.ts'
import type { ConnectionsPage, DoctorsPage } from './answers.ts'
import type { Parameters } from './parameter.ts'

/** A request for a list, after its caller was checked. */
export interface Asked {
  readonly list: ListName
  readonly parameters: Parameters
  /** The bodies whose rows the caller may see; null for all. */
  readonly permitted: readonly string[] | null
  /** The `Authorization` header as received, for a service that checks it too. */
  readonly authorization: string | null
  /** Aborted when the caller disconnects. */
  readonly signal: AbortSignal
}

export interface ListAnswer<T> {
  readonly body: T
  /** Identify the run and day of the data. */
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Answers requests for lists. Rejects USAGE for an invalid parameter, BODY_FORBIDDEN, NOTHING_LIVE, LIST_SERVICE_FAILED,
 * INTERRUPTED once the caller disconnects, and what the ledger and the list reader reject.
 */
export interface ListSource {
  doctors(asked: Asked): Promise<ListAnswer<DoctorsPage>>
  connections(asked: Asked): Promise<ListAnswer<ConnectionsPage>>
  suggestions(asked: Asked): Promise<ListAnswer<readonly string[]>>
  /** The whole list as CSV. The loop throws if the list cannot be read to its end. */
  csv(asked: Asked): Promise<ListAnswer<AsyncIterable<string>>>
}
