import type { LatestVerificationView } from '../../../app/verification-view.ts'
import { readLatestVerification } from '../../../app/verification-view.ts'
import type { ServersView } from '../../../app/health/health-watch.ts'
import { processesView, type ProcessesView } from '../../../app/processes/processes-view.ts'
import { PROCESSES } from '../../../ports/processes.ts'
import { CHANGES, type ChangesStatus } from '../../../ports/changes.ts'
import {
  WRITER,
  type Installation,
  type KeptGeneration,
  type Lease,
  type Run,
  type RunLedger,
  type ServiceName,
} from '../../../ports/run-ledger.ts'
import { readInstallation } from '../../../sync/records.ts'
import { isOver } from '../../../sync/run-state.ts'
import type { NextRun } from '../../runs/next-run.ts'
import { reading, valueOf, type Reading } from '../../frame/reading.ts'

/** What the overview knows. Each part is read on its own, so that one that does not answer leaves the others. */
export interface OverviewFacts {
  readonly installation: Reading<Installation>
  /** The records of the runs; null if there is none. */
  readonly live: Reading<Run | null>
  readonly previous: Reading<Run | null>
  readonly current: Reading<Run | null>
  /** The latest run that is over. */
  readonly last: Reading<Run | null>
  /** Null if no writer has consumed changes yet. */
  readonly changes: Reading<ChangesStatus | null>
  readonly verification: Reading<LatestVerificationView | null>
  readonly failures: Reading<number>
  readonly deadLetters: Reading<number>
  readonly lease: Reading<Lease | null>
  readonly processes: Reading<ProcessesView>
  readonly servers: ServersView
  readonly next: Reading<NextRun | null>
}

/** What is not in the ledger's records of runs, and where the overview gets it. */
export interface OtherFacts {
  readonly deadLetters: () => Promise<number>
  /** What is known at once. */
  readonly servers: () => ServersView
  /** Services that run elsewhere and do not record themselves. */
  readonly elsewhere: readonly ServiceName[]
  readonly next: () => Promise<NextRun | null>
}

/** Reads all parts at once, by id where the ledger has ids. */
export async function readOverview(ledger: RunLedger, other: OtherFacts, now: number): Promise<OverviewFacts> {
  const installation = await reading(() => readInstallation(ledger))
  const { live, previous, currentRun } = installation.known ? installation.value : NOTHING
  const isKnown = installation.known
  const record = (kept: { readonly run: string } | null): Promise<Reading<Run | null>> =>
    kept === null ? Promise.resolve(orUnknown(installation, null)) : reading(() => runOf(ledger, kept.run))
  const [liveRun, previousRun, current, last, changes, verification, failures, lease, processes, deadLetters, next] =
    await Promise.all([
      record(live),
      record(previous),
      record(currentRun === null ? null : { run: currentRun.id }),
      isKnown ? reading(() => latestOver(ledger)) : orUnknown(installation, null),
      isKnown
        ? reading(async () => (await ledger.read('changes', CHANGES))?.value ?? null)
        : orUnknown(installation, null),
      isKnown ? reading(() => readLatestVerification({ ledger }, { live }, now)) : orUnknown(installation, null),
      live === null ? orUnknown(installation, 0) : reading(() => ledger.countFailures(live.generation)),
      isKnown
        ? reading(async () => (await ledger.read('lease', WRITER))?.value ?? null)
        : orUnknown(installation, null),
      isKnown
        ? reading(async () => (await ledger.read('processes', PROCESSES))?.value.processes ?? [])
        : orUnknown(installation, []),
      reading(other.deadLetters),
      reading(other.next),
    ])
  return {
    installation,
    live: liveRun,
    previous: previousRun,
    current,
    last,
    changes,
    verification,
    failures,
    deadLetters,
    lease,
    processes: processes.known
      ? { known: true, value: processesView(processes.value, valueOf(lease), { now, elsewhere: other.elsewhere }) }
      : processes,
    servers: other.servers(),
    next,
  }
}

const NOTHING: Pick<Installation, 'live' | 'previous' | 'currentRun'> & { readonly live: KeptGeneration | null } = {
  live: null,
  previous: null,
  currentRun: null,
}

/** What depends on a record that could not be read is not known either: it is not asked for again. */
function orUnknown<T>(installation: Reading<Installation>, value: T): Reading<T> {
  return installation.known ? { known: true, value } : installation
}

async function runOf(ledger: RunLedger, id: string): Promise<Run | null> {
  return (await ledger.read('run', id))?.value ?? null
}

/** At most one run is in progress. */
async function latestOver(ledger: RunLedger): Promise<Run | null> {
  return (await ledger.runs(2)).find(({ state }) => isOver(state)) ?? null
}
