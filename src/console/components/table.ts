import type { Instant } from '../words/instants.ts'
import type { Tag } from '../words/states.ts'

/** A table as `macros/rows.njk` draws it, for many rows: the design system's own macro takes a millisecond a row. */
export interface Table {
  readonly id?: string
  readonly caption: string
  /** For a caption that a heading above says already. */
  readonly isCaptionHidden?: boolean
  readonly columns: readonly Column[]
  /** Which column names the row, from 0; the first if it is not given. */
  readonly headerColumn?: number
  readonly rows: readonly (readonly Cell[])[]
}

export interface Column {
  readonly text: string
  /** For screen readers only, such as over checkboxes. */
  readonly isHidden?: boolean
  readonly isNumeric?: boolean
  /** Only for columns that people may sort by. */
  readonly sort?: SortLink
}

export interface SortLink {
  /** Sorts by this column, or turns its order round. */
  readonly href: string
  /** Null if the rows are sorted by another column. */
  readonly sorted: 'ascending' | 'descending' | null
}

/** What a cell shows, in this order. */
export interface Cell {
  readonly checkbox?: { readonly name: string; readonly value: string; readonly label: string }
  readonly text?: string
  /** The link of the text. */
  readonly href?: string
  /** Added to the text for screen readers. */
  readonly hiddenText?: string
  readonly time?: Instant
  readonly tags?: readonly Tag[]
  /** Each on a line of its own, smaller. */
  readonly lines?: readonly string[]
}
