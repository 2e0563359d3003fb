import type { AttemptId, ClaimedStage, Manifest, Receipt, RunId } from '../../../ports/run-ledger.ts'
import { bulkAction } from './bulk-lines.ts'
import { derivedId } from './document-id.ts'
import type { LedgerIndex } from './ledger-index.ts'

/** Receipts as documents with derived ids: one that comes again finds its own, so counting them counts messages. */
export class ReceiptIndex {
  readonly #index

  constructor(index: LedgerIndex) {
    this.#index = index
  }

  async add(receipts: readonly Receipt[]): Promise<void> {
    await this.#index.write(
      receipts.map(({ run, stage, attempt, sequence, rows, failedRows, ownRows }) =>
        bulkAction('create', derivedId([run, stage, attempt, sequence]), {
          run,
          stage,
          attempt,
          sequence,
          rows,
          failedRows,
          ownRows,
        }),
      ),
    )
  }

  /** Asked several times a second: a refresh of what is new, and sums that the engine makes from columns. */
  async manifest(run: RunId, stage: ClaimedStage, attempt: AttemptId): Promise<Manifest> {
    await this.#index.refresh()
    const { hits, aggregations } = await this.#index.search({
      size: 0,
      track_total_hits: true,
      query: { bool: { filter: [{ term: { run } }, { term: { stage } }, { term: { attempt } }] } },
      aggs: {
        rows: { sum: { field: 'rows' } },
        failedRows: { sum: { field: 'failedRows' } },
        ownRows: { sum: { field: 'ownRows' } },
      },
    })
    return {
      messages: hits.total.value,
      rows: Number(aggregations?.rows?.value),
      failedRows: Number(aggregations?.failedRows?.value),
      ownRows: Number(aggregations?.ownRows?.value),
    }
  }

  async delete(run: RunId): Promise<void> {
    await this.#index.deleteWhere({ term: { run } })
  }
}
