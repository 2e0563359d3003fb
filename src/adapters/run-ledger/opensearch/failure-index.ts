import { failureCursor, type FailedRow, type RunId } from '../../../ports/run-ledger.ts'
import { bulkAction, type BulkAction } from './bulk-lines.ts'
import { cursorTerm } from './cursor-term.ts'
import { derivedId } from './document-id.ts'
import type { LedgerIndex, Query } from './ledger-index.ts'

/** The engine gives no more documents in one answer. */
const PAGE = 10_000

/** Failed rows with derived ids, in the order of a term that sorts as their cursor does. */
export class FailureIndex {
  readonly #index

  constructor(index: LedgerIndex) {
    this.#index = index
  }

  async add(failures: readonly FailedRow[]): Promise<void> {
    // Items of one bulk are carried out in any order: of each failure only the latest is sent.
    const latest = new Map<string, BulkAction>()
    for (const failure of failures) {
      const { run, stage, key, code, reason } = failure
      const id = derivedId([run, stage, key])
      const value = JSON.stringify({ run, stage, key, code, reason } satisfies FailedRow)
      latest.set(id, bulkAction('index', id, { run, cursor: termOf(failureCursor(failure)), value }))
    }
    await this.#index.write([...latest.values()])
  }

  async page(run: RunId, limit: number, after: string): Promise<FailedRow[]> {
    await this.#index.refresh()
    const page: FailedRow[] = []
    for (;;) {
      const last = page.at(-1)
      const size = Math.min(limit - page.length, PAGE)
      const found = size > 0 ? await this.#search(run, size, last === undefined ? after : failureCursor(last)) : []
      page.push(...found)
      if (found.length < PAGE) return page
    }
  }

  async count(run: RunId): Promise<number> {
    await this.#index.refresh()
    return this.#index.count(ofRun(run))
  }

  async delete(run: RunId): Promise<void> {
    await this.#index.deleteWhere(ofRun(run))
  }

  async #search(run: RunId, size: number, after: string): Promise<FailedRow[]> {
    const { hits } = await this.#index.search<{ readonly value: string }>({
      size,
      track_total_hits: false,
      query: ofRun(run),
      // A range would do for short cursors only: the engine makes an automaton of it.
      sort: [{ cursor: 'asc' }],
      search_after: [termOf(after)],
      _source: ['value'],
    })
    // Written by `add` alone, of the same layout version.
    return hits.hits.map(({ _source }) => JSON.parse(_source.value) as FailedRow)
  }
}

function ofRun(run: RunId): Query {
  return { term: { run } }
}

function termOf(cursor: string): string {
  return cursorTerm(cursor, (text) => derivedId([text]))
}
