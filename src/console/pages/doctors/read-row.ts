import { ASSEMBLE_VERSION } from '../../../domain/assemble.ts'
import { numberOfRow, type RowId } from '../../../domain/row.ts'
import type { TableDifference } from '../../../domain/table-difference.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import { CHANGES, type ChangesStatus } from '../../../ports/changes.ts'
import type { StoredRow } from '../../../ports/index-store.ts'
import type { FailedRow, Installation } from '../../../ports/run-ledger.ts'
import type { SyncContext } from '../../../sync/context.ts'
import { keptRuns, type KeptRun } from '../../../sync/explain/kept-runs.ts'
import { tableDrift } from '../../../sync/explain/table-drift.ts'
import { readInstallation } from '../../../sync/records.ts'
import { KeyScope, keysOfRowId } from '../../../sync/refresh/key-scope.ts'
import { reading, type Reading } from '../../frame/reading.ts'

type Readers = Pick<SyncContext, 'ledger' | 'store'>

/** A kept generation with the row in it; null if it does not have the row. */
export interface KeptRow {
  readonly run: KeptRun
  readonly stored: Reading<StoredRow | null>
}

/** What is known of one row without asking the sources. */
export interface RowFacts {
  readonly id: RowId
  readonly installation: Installation
  /** Null if nothing is live, or live does not have the row. */
  readonly stored: StoredRow | null
  /** Live first. */
  readonly kept: readonly KeptRow[]
  /** The other rows of live with the same GMC number. */
  readonly sharing: Reading<readonly StoredRow[]>
  /** Of this row, in kept generations and in those of runs that are over. */
  readonly failures: Reading<readonly FailedRow[]>
  /** What the tables of live have otherwise than its master. */
  readonly tables: Reading<readonly TableDifference[]>
}

/**
 * Reads a row in every kept generation. Rejects if the row in live cannot be read, with GENERATION_VERSION if live was not built by
 * this version; what else cannot be read is not known.
 */
export async function readRow({ ledger, store }: Readers, id: RowId): Promise<RowFacts> {
  const installation = await readInstallation(ledger)
  const { live } = installation
  const runs = keptRuns({ ledger, store }, installation)
  const failures = reading(() => ledger.failuresOfKeys(failureKeysOf(id)))
  const tables = reading(async () => (live && (await tableDrift(store, live.generation, [id]))) ?? [])
  const stored = live === null ? null : await oneRow(store, live.generation, id)
  const number = stored === null ? null : numberOfRow(stored.row)
  const [kept, sharing] = await Promise.all([
    runs.then((each) => Promise.all(each.map((run) => readKept(store, run, id, stored)))),
    live === null || number === null
      ? ({ known: true, value: [] } as const)
      : reading(async () => (await store.findByNumbers(live.generation, [number])).filter(({ row }) => row.id !== id)),
  ])
  const readable = kept.find(({ run }) => run.kept === 'live')
  if (readable !== undefined && readable.run.version !== ASSEMBLE_VERSION)
    throw new RevalError('GENERATION_VERSION', 'the live generation was not built by this version')
  return { id, installation, stored, kept, sharing, failures: await failures, tables: await tables }
}

/** The keys that failures of the row can have. */
function failureKeysOf(id: RowId): readonly string[] {
  return [...new KeyScope(keysOfRowId(id)).failureKeys(), id]
}

async function readKept(store: Readers['store'], run: KeptRun, id: RowId, inLive: StoredRow | null): Promise<KeptRow> {
  if (run.kept === 'live') return { run, stored: { known: true, value: inLive } }
  const stored = await reading(async () => {
    if (run.version !== ASSEMBLE_VERSION) throw new RevalError('GENERATION_VERSION', 'it was not built by this version')
    return oneRow(store, run.generation, id)
  })
  return { run, stored }
}

async function oneRow(store: Readers['store'], generation: string, id: RowId): Promise<StoredRow | null> {
  return (await store.get(generation, [id]))[0] ?? null
}

/** How far live changes are; null if no writer has consumed any. */
export async function readChanges({ ledger }: Pick<Readers, 'ledger'>): Promise<ChangesStatus | null> {
  return (await ledger.read('changes', CHANGES))?.value ?? null
}
