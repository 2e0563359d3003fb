import type { LiveListsView } from '../app/live-lists.ts'
import { LIST_NAMES } from '../domain/lists.ts'
import { count } from './output.ts'

/** How the lists of live are stored, on one line; none for views, or if nothing is live. */
export function liveListsLines(lists: LiveListsView | null): string[] {
  if (lists === null) return []
  const { kind, tableDay, rows, notKnown } = lists
  if (notKnown !== null) return [`lists of live: not known: ${notKnown.reason}`]
  switch (kind) {
    case null:
    case 'views':
      return []
    case 'java':
      return ["lists of live: the Java services' indexes, as they were adopted"]
    case 'tables': {
      const each = rows === null ? [] : LIST_NAMES.map((list) => `${list} ${count(rows[list])}`)
      return [`lists of live: tables for ${tableDay ?? '?'}${each.length === 0 ? '' : `: ${each.join(', ')}`}`]
    }
  }
}
