import { EntryRefused, type RefusedEntry } from './faults.ts'
import type { RevalError } from '../../../errors/reval-error.ts'

interface BatchResult {
  readonly Successful?: readonly { readonly Id?: string | undefined }[] | undefined
  readonly Failed?: readonly (RefusedEntry & { readonly Id?: string | undefined })[] | undefined
}

/** The entries of a batch call, each known by its place. */
export function entriesOf<T, E>(items: readonly T[], entry: (item: T) => E): (E & { Id: string })[] {
  return items.map((item, index) => ({ ...entry(item), Id: String(index) }))
}

/** What became of each entry, in their order: null where it was carried out. */
export function outcomesOf(count: number, doing: string, result: BatchResult): readonly (RevalError | null)[] {
  const done = new Set(result.Successful?.map(({ Id }) => Id))
  const refused = new Map(result.Failed?.map((entry) => [entry.Id, entry]))
  return Array.from({ length: count }, (_, index) => {
    const id = String(index)
    if (done.has(id)) return null
    return new EntryRefused(doing, refused.get(id) ?? { Message: 'SQS reported no outcome' })
  })
}
