import { RevalError } from '../../../errors/reval-error.ts'
import {
  WRITER,
  type FailedRow,
  type Installation,
  type Lease,
  type Run,
  type RunLedger,
} from '../../../ports/run-ledger.ts'
import { readInstallation } from '../../../sync/records.ts'
import { newRun } from '../../../sync/run-state.ts'
import { reading, type Reading } from '../../frame/reading.ts'

/** How many of the failures of a run are read: enough to count their codes in nearly all runs. */
export const MOST_FAILURES = 1_000

/** What the page of a run knows beside the run. */
export interface RunFacts {
  readonly run: Run
  /** Whether it has only been requested, and its record follows in a moment. */
  readonly isRecorded: boolean
  readonly installation: Reading<Installation>
  readonly lease: Reading<Lease | null>
  /** The run that is live now; null if none is, or if its record was removed. */
  readonly live: Reading<Run | null>
  /** The run that was live when this one was checked; null if none was, or if its record was removed. */
  readonly comparedWith: Reading<Run | null>
  readonly failures: Reading<FailuresOfRun>
}

/** How many rows of its generation failed, and the first of them. */
export interface FailuresOfRun {
  readonly total: number
  readonly first: readonly FailedRow[]
}

/** Rejects RUN_UNKNOWN, and as the ledger does if it cannot tell whether there is such a run. */
export async function readRunFacts(ledger: RunLedger, id: string): Promise<RunFacts> {
  const [record, installation, lease] = await Promise.all([
    ledger.read('run', id),
    reading(() => readInstallation(ledger)),
    reading(async () => (await ledger.read('lease', WRITER))?.value ?? null),
  ])
  const current = installation.known ? installation.value.currentRun : null
  const run = record?.value ?? (current?.id === id ? newRun(current) : null)
  if (run === null) throw new RevalError('RUN_UNKNOWN', `no such run: ${id}`, { details: { run: id } })
  const recordOf = (other: string | null): Promise<Reading<Run | null>> =>
    other === id
      ? Promise.resolve({ known: true, value: run })
      : reading(async () => (other === null ? null : ((await ledger.read('run', other))?.value ?? null)))
  const compared = run.evidence?.comparedWith ?? null
  const [live, comparedWith, failures] = await Promise.all([
    installation.known ? recordOf(installation.value.live?.run ?? null) : installation,
    recordOf(compared === null || compared === 'existing indexes' ? null : compared.run),
    reading(() => failuresOf(ledger, run)),
  ])
  return { run, isRecorded: record !== null, installation, lease, live, comparedWith, failures }
}

async function failuresOf(ledger: RunLedger, { generation }: Run): Promise<FailuresOfRun> {
  if (generation === null) return { total: 0, first: [] }
  const total = await ledger.countFailures(generation)
  return { total, first: total === 0 ? [] : await ledger.failures(generation, MOST_FAILURES) }
}
