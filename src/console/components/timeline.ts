import type { Instant } from '../words/instants.ts'
import type { Tag } from '../words/states.ts'

/** What happened, newest first, as `macros/timeline.njk` draws it. */
export type Timeline = readonly Happening[]

export interface Happening {
  /** Null if only the order is known. */
  readonly time: Instant | null
  readonly title: string
  readonly href?: string
  readonly tag?: Tag
  /** Who did it. */
  readonly by?: string
  readonly lines?: readonly string[]
}
