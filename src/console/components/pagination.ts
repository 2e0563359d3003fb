/** The links to the pages of a list, as the design system's pagination macro takes them. */
export interface Pagination {
  readonly previous?: { readonly href: string }
  readonly next?: { readonly href: string }
  readonly items: readonly PageItem[]
}

export type PageItem =
  | { readonly number: string; readonly href: string; readonly current: boolean; readonly visuallyHiddenText: string }
  | { readonly ellipsis: true }

/** Which of how many pages; both from 1. */
export interface PageOf {
  readonly page: number
  readonly pages: number
}

/** The first and last page, this one and its neighbours; null if there is one page only. */
export function pagination({ page, pages }: PageOf, hrefOf: (page: number) => string): Pagination | null {
  if (pages <= 1) return null
  const shown = [...new Set([1, page - 1, page, page + 1, pages])].filter((each) => each >= 1 && each <= pages)
  const items = shown.flatMap((number, index): PageItem[] => {
    const before = shown[index - 1] ?? 0
    // A gap of one page takes as much room as its number.
    const gap: PageItem[] = number - before === 2 ? [item(number - 1)] : number - before > 2 ? [{ ellipsis: true }] : []
    return [...gap, item(number)]
  })
  return {
    ...(page > 1 && { previous: { href: hrefOf(page - 1) } }),
    ...(page < pages && { next: { href: hrefOf(page + 1) } }),
    items,
  }

  function item(number: number): PageItem {
    const text = number.toLocaleString('en-GB')
    return { number: text, href: hrefOf(number), current: number === page, visuallyHiddenText: `Page ${text}` }
  }
}

/** For the title of a page of a list; empty if there is one page only. */
export function pageInTitle({ page, pages }: PageOf): string {
  return pages <= 1 ? '' : ` (page ${page.toLocaleString('en-GB')} of ${pages.toLocaleString('en-GB')})`
}
