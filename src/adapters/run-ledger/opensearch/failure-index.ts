import type { GenerationId } from '../../../ports/index-store.ts'
import { failureCursor, type FailedRow, type RunId } from '../../../ports/run-ledger.ts'
import type { Bulks } from '../../opensearch/bulks.ts'
import { cursorTerm } from './cursor-term.ts'
import { derivedId } from './document-id.ts'
import type { LedgerIndex, Query } from './ledger-index.ts'

/** The engine gives no more documents in one answer. */
const PAGE = 10_000

/** Failed rows with derived ids, in the order of a term that sorts as their cursor does. */
export class FailureIndex {
  readonly #index
  readonly #bulks

  constructor(index: LedgerIndex, bulks: Bulks) {
    this.#index = index
    this.#bulks = bulks
  }

  async add(failures: readonly FailedRow[]): Promise<void> {
    // Items of one bulk are carried out in any order: of each failure only the latest is sent.
    const latest = new Map<string, object>()
    for (const failure of failures) {
      const { run, generation, stage, key, code, reason } = failure
      const id = derivedId([generation, stage, key])
      const value = JSON.stringify({ run, generation, stage, key, code, reason } satisfies FailedRow)
      latest.set(id, { run, generation, cursor: termOf(failureCursor(failure)), value })
    }
    await this.#index.write(this.#bulks, latest)
  }

  async page(generation: GenerationId, limit: number, after: string): Promise<FailedRow[]> {
    await this.#index.refresh()
    const page: FailedRow[] = []
    for (;;) {
      const last = page.at(-1)
      const size = Math.min(limit - page.length, PAGE)
      const found =
        size > 0 ? await this.#search(generation, size, last === undefined ? after : failureCursor(last)) : []
      page.push(...found)
      if (found.length < PAGE) return page
    }
  }

  async count(generation: GenerationId): Promise<number> {
    await this.#index.refresh()
    return this.#index.count(ofGeneration(generation))
  }

  /** Removes the failures of all generations that a run filled. */
  async delete(run: RunId): Promise<void> {
    await this.#index.deleteWhere({ term: { run } })
  }

  async #search(generation: GenerationId, size: number, after: string): Promise<FailedRow[]> {
    const { hits } = await this.#index.search<{ readonly value: string }>({
      size,
      track_total_hits: false,
      query: ofGeneration(generation),
      // A range would do for short cursors only: the engine makes an automaton of it.
      sort: [{ cursor: 'asc' }],
      search_after: [termOf(after)],
      _source: ['value'],
    })
    // Written by `add` alone, of the same layout version.
    return hits.hits.map(({ _source }) => JSON.parse(_source.value) as FailedRow)
  }
}

function ofGeneration(generation: GenerationId): Query {
  return { term: { generation } }
}

function termOf(cursor: string): string {
  return cursorTerm(cursor, (text) => derivedId([text]))
}
