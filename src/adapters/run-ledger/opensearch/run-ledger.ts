import type { GenerationId, Guard } from '../../../ports/index-store.ts'
import type {
  FailedRow,
  LedgerRecords,
  Recorded,
  RecordKind,
  Revision,
  Run,
  RunId,
  RunLedger,
} from '../../../ports/run-ledger.ts'
import { Bulks } from '../../opensearch/bulks.ts'
import { engineTime } from '../../opensearch/clock.ts'
import { Engine } from '../../opensearch/engine.ts'
import type { SearchSettings } from '../../opensearch/settings.ts'
import { FailureIndex } from './failure-index.ts'
import { layOut } from './layout.ts'
import { LedgerIndex } from './ledger-index.ts'
import { openingFault } from './opening-fault.ts'
import { RecordIndex } from './record-index.ts'

/**
 * Opens the run ledger in two indexes of the search engine, making those that are not there. Any number of processes
 * may have it open. Rejects SERVER_UNREACHABLE (transient), SERVER_LOGIN_REFUSED, LEDGER_OLDER where an earlier version
 * wrote it, or LEDGER_FAILED where an index is of a newer layout or not the ledger's; nothing is left open then.
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

/** How long a call may take follows from its requests and their limits (`CALL_LIMITS`): one, or two where it searches. */
class SearchRunLedger implements RunLedger {
  readonly #engine
  readonly #bulks
  readonly #records
  readonly #failures

  constructor(engine: Engine, settings: SearchSettings) {
    this.#engine = engine
    this.#bulks = new Bulks(engine, settings, 'LEDGER_FAILED')
    this.#records = new RecordIndex(new LedgerIndex(engine, 'records', settings))
    this.#failures = new FailureIndex(new LedgerIndex(engine, 'failures', settings), this.#bulks)
  }

  read<K extends RecordKind>(kind: K, id: string): Promise<Recorded<LedgerRecords[K]> | null> {
    return this.#records.read(kind, id)
  }

  save<K extends RecordKind>(
    kind: K,
    id: string,
    value: LedgerRecords[K],
    revision: Revision,
    guard?: Guard,
  ): Promise<Revision> {
    return this.#records.save(kind, id, value, revision, guard)
  }

  runs(limit: number): Promise<readonly Run[]> {
    return this.#records.runs(limit)
  }

  addFailures(failures: readonly FailedRow[]): Promise<void> {
    return this.#failures.add(failures)
  }

  failures(generation: GenerationId, limit: number, after = ''): Promise<readonly FailedRow[]> {
    return this.#failures.page(generation, limit, after)
  }

  countFailures(generation: GenerationId): Promise<number> {
    return this.#failures.count(generation)
  }

  tidy(run: RunId): Promise<void> {
    return this.#records.deleteClaims(run)
  }

  /** The record last: as long as it is listed, what a crash left is forgotten the next time. */
  async forget(run: RunId): Promise<void> {
    await Promise.all([this.tidy(run), this.#failures.delete(run)])
    await this.#records.deleteRun(run)
  }

  serverTime(): Promise<number> {
    return engineTime(this.#engine, 'LEDGER_FAILED')
  }

  ping(): Promise<void> {
    return this.#records.ping()
  }

  async close(): Promise<void> {
    this.#bulks.close()
    await this.#engine.close()
  }
}
