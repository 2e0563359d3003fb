import { RevalError } from '../../../errors/reval-error.ts'
import type {
  AttemptId,
  ClaimedStage,
  FailedRow,
  LedgerRecords,
  Manifest,
  Receipt,
  Recorded,
  RecordKind,
  Revision,
  Run,
  RunId,
  RunLedger,
} from '../../../ports/run-ledger.ts'
import { Engine } from '../../opensearch/engine.ts'
import type { SearchSettings } from '../../opensearch/settings.ts'
import { FailureIndex } from './failure-index.ts'
import { layOut, type Part } from './layout.ts'
import { LedgerIndex } from './ledger-index.ts'
import { openingFault } from './opening-fault.ts'
import { ReceiptIndex } from './receipt-index.ts'
import { RecordIndex } from './record-index.ts'

/**
 * Opens the run ledger in three indexes of the search engine, making those that are not there. Any number of processes
 * may have it open. Rejects SERVER_UNREACHABLE (transient), SERVER_LOGIN_REFUSED, or LEDGER_FAILED where an index is
 * of a newer layout or not the ledger's; nothing is left open then.
 */
export async function openSearchRunLedger({ settings }: { readonly settings: SearchSettings }): Promise<RunLedger> {
  const engine = new Engine(settings, 'LEDGER_FAILED')
  try {
    await layOut(engine, settings)
  } catch (error) {
    await engine.close()
    throw openingFault(error)
  }
  return new SearchRunLedger(engine, settings)
}

class SearchRunLedger implements RunLedger {
  readonly #closing = new AbortController()
  readonly #engine
  readonly #records
  readonly #receipts
  readonly #failures

  constructor(engine: Engine, settings: SearchSettings) {
    const index = (part: Part) => new LedgerIndex(engine, part, settings, this.#closing.signal)
    this.#engine = engine
    this.#records = new RecordIndex(index('records'))
    this.#receipts = new ReceiptIndex(index('receipts'))
    this.#failures = new FailureIndex(index('failures'))
  }

  read<K extends RecordKind>(kind: K, id: string): Promise<Recorded<LedgerRecords[K]> | null> {
    return this.#records.read(kind, id)
  }

  save<K extends RecordKind>(kind: K, id: string, value: LedgerRecords[K], revision: Revision): Promise<Revision> {
    return this.#records.save(kind, id, value, revision)
  }

  runs(limit: number): Promise<readonly Run[]> {
    return this.#records.runs(limit)
  }

  addReceipts(receipts: readonly Receipt[]): Promise<void> {
    return this.#receipts.add(receipts)
  }

  manifest(run: RunId, stage: ClaimedStage, attempt: AttemptId): Promise<Manifest> {
    return this.#receipts.manifest(run, stage, attempt)
  }

  addFailures(failures: readonly FailedRow[]): Promise<void> {
    return this.#failures.add(failures)
  }

  failures(run: RunId, limit: number, after = ''): Promise<readonly FailedRow[]> {
    return this.#failures.page(run, limit, after)
  }

  countFailures(run: RunId): Promise<number> {
    return this.#failures.count(run)
  }

  clearFailures(run: RunId): Promise<void> {
    return this.#failures.delete(run)
  }

  async tidy(run: RunId): Promise<void> {
    await Promise.all([this.#receipts.delete(run), this.#records.deleteClaims(run)])
  }

  /** The record last: as long as it is listed, what a crash left is forgotten the next time. */
  async forget(run: RunId): Promise<void> {
    await Promise.all([this.tidy(run), this.#failures.delete(run)])
    await this.#records.deleteRun(run)
  }

  ping(): Promise<void> {
    return this.#records.ping()
  }

  async close(): Promise<void> {
    this.#closing.abort(new RevalError('LEDGER_FAILED', 'the run ledger is closed'))
    await this.#engine.close()
  }
}
