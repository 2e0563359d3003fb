import { dayInWords, instant } from '../words/instants.ts'
import type { FrameFacts } from './frame-facts.ts'

/** The line on every page that says how old the lists are. */
export interface Freshness {
  readonly text: string
  /** The instant at the end of the line; null if there is none. */
  readonly since: { readonly text: string; readonly datetime: string } | null
}

export function freshness({ live }: FrameFacts, now: number): Freshness {
  if (!live.known)
    return { text: 'How old the lists are is not known: the record of the runs does not answer.', since: null }
  if (live.value === null) return { text: 'Nothing is live yet.', since: null }
  const { day, since } = live.value
  const data = day === null ? 'Lists show data of a day that is not known' : `Lists show data of ${dayInWords(day)}`
  if (since === null) return { text: `${data}.`, since: null }
  return { text: `${data}, live since `, since: instant(since, now) }
}
