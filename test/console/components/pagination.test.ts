import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pageInTitle, pagination } from '../../../src/console/components/pagination.ts'

const shownAt = (page: number, pages: number) =>
  pagination({ page, pages }, (number) => `?page=${number}`)
    ?.items.map((item) => ('ellipsis' in item ? '…' : item.current ? `[${item.number}]` : item.number))
    .join(' ') ?? null

test('shows the first and last page, this one and its neighbours, and never a gap for one page', () => {
  const cases: readonly (readonly [page: number, pages: number, shown: string | null])[] = [
    [1, 0, null],
    [1, 1, null],
    [1, 2, '[1] 2'],
    [2, 2, '1 [2]'],
    [2, 3, '1 [2] 3'],
    [1, 4, '[1] 2 3 4'],
    [1, 5, '[1] 2 … 5'],
    [3, 5, '1 2 [3] 4 5'],
    [4, 7, '1 2 3 [4] 5 6 7'],
    [5, 9, '1 … 4 [5] 6 … 9'],
    [888, 888, '1 … 887 [888]'],
    [2_000, 5_000, '1 … 1,999 [2,000] 2,001 … 5,000'],
  ]
  for (const [page, pages, shown] of cases) assert.equal(shownAt(page, pages), shown, `${page} of ${pages}`)
})

test('links to the neighbours, which the first and last page do not both have', () => {
  const hrefOf = (page: number) => `?page=${page}`
  const first = pagination({ page: 1, pages: 3 }, hrefOf)
  assert.deepEqual([first?.previous, first?.next], [undefined, { href: '?page=2' }])
  const last = pagination({ page: 3, pages: 3 }, hrefOf)
  assert.deepEqual([last?.previous, last?.next], [{ href: '?page=2' }, undefined])
})

test('titles name the page if there are several', () => {
  assert.equal(pageInTitle({ page: 1, pages: 1 }), '')
  assert.equal(pageInTitle({ page: 2, pages: 1_000 }), ' (page 2 of 1,000)')
})
