import type { ViewName } from '../live/views.ts'

/** Where a link leads. */
export interface Link {
  readonly text: string
  readonly href: string
}

/** An error of the person, at its field. */
export interface FieldError {
  /** The id of the field. */
  readonly field: string
  readonly text: string
}

/** The entries of the navigation. */
export const SECTIONS = ['Overview', 'Runs', 'Lists', 'Look up a doctor', 'Failures', 'System', 'Audit'] as const
export type Section = (typeof SECTIONS)[number]

/** What a page of the console shows. Its model holds texts as they are shown: templates only loop and choose. */
export interface Page {
  /** The `h1`. Without names or GMC numbers: browsers keep titles. */
  readonly heading: string
  /** In the browser's title; the heading if it is not given. */
  readonly title?: string
  /** In `templates/pages`, without its ending. */
  readonly template: string
  /** `page` in the template. */
  readonly model: object
  readonly section?: Section | null
  readonly status?: number
  readonly breadcrumb?: readonly Link[]
  /** In place of a breadcrumb, on pages that ask for confirmation. */
  readonly back?: Link
  readonly errors?: readonly FieldError[]
  /** The live updates of this page; null if it has none of its own. */
  readonly live?: Live | null
}

/** See src/console/live: which events the page gets. */
export interface Live {
  readonly view: ViewName
  readonly run?: string
  /** Of what the page shows: if the stream has another, the page fetches its regions. */
  readonly revision: string
}

/** An action that was carried out: the page to show next, and what its banner says. */
export interface Done {
  readonly to: string
  readonly banner?: { readonly kind: 'success' | 'information'; readonly text: string }
}

export const SERVICE_NAME = 'Revalidation sync'

/** The title of a page in the browser. */
export function titleOf({ heading, title = heading, errors = [] }: Pick<Page, 'heading' | 'title' | 'errors'>): string {
  return `${errors.length > 0 ? 'Error: ' : ''}${title} – ${SERVICE_NAME}`
}
