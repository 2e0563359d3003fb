import { WRITER, type Installation, type Lease, type Run, type RunLedger } from '../../../ports/run-ledger.ts'
import { readInstallation } from '../../../sync/records.ts'
import { reading, type Reading } from '../../frame/reading.ts'
import type { NextRun } from '../../runs/next-run.ts'

/** What a person wants to know before starting a run. */
export interface StartFacts {
  readonly installation: Reading<Installation>
  /** The run that is live; null if none is. */
  readonly live: Reading<Run | null>
  readonly lease: Reading<Lease | null>
  readonly next: Reading<NextRun | null>
}

export async function readStart(ledger: RunLedger, next: () => Promise<NextRun | null>): Promise<StartFacts> {
  const installation = await reading(() => readInstallation(ledger))
  if (!installation.known) return { installation, live: installation, lease: installation, next: installation }
  const { live } = installation.value
  const [liveRun, lease, nextRun] = await Promise.all([
    reading(async () => (live === null ? null : ((await ledger.read('run', live.run))?.value ?? null))),
    reading(async () => (await ledger.read('lease', WRITER))?.value ?? null),
    reading(next),
  ])
  return { installation, live: liveRun, lease, next: nextRun }
}
