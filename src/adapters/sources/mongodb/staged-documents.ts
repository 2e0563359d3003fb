import type { CollectionName } from './collections.ts'

/** A document that waits for its commit. Its own `_id` is inside, so that two of one `_id` can wait side by side. */
export interface StagedDocument {
  /** Counts from 0 in the order in which they were added. */
  readonly _id: number
  readonly line: number
  /** By what two documents are the same: the GMC number, or the `_id` as it is where that is none. */
  readonly key: string
  readonly document: Readonly<Record<string, unknown>>
}

/** The collection in which documents wait. */
export function stagedName(name: CollectionName): string {
  return `reval_filling_${name}`
}

/** The collection that takes the place of the one that is there. */
export function newName(name: CollectionName): string {
  return `reval_filled_${name}`
}
