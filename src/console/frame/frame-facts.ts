import type { Day } from '../../domain/day.ts'
import type { SyncContext } from '../../sync/context.ts'
import { liveSince } from '../../sync/live-since.ts'
import { readInstallation } from '../../sync/records.ts'
import { reading, type Reading } from './reading.ts'

/** What the frame of every page tells about the installation. */
export interface FrameFacts {
  /** Null if nothing is live. */
  readonly live: Reading<{ readonly day: Day | null; readonly since: number | null } | null>
  readonly openFailures: Reading<number>
}

/** Reads the ledger only, with a limit: the frame opens while the search engine is away. */
export async function readFrameFacts({ ledger }: Pick<SyncContext, 'ledger'>): Promise<FrameFacts> {
  const installation = await reading(() => readInstallation(ledger))
  if (!installation.known) return { live: installation, openFailures: installation }
  const { live, history } = installation.value
  if (live === null) return { live: { known: true, value: null }, openFailures: { known: true, value: 0 } }
  const [run, openFailures] = await Promise.all([
    reading(() => ledger.read('run', live.run)),
    reading(() => ledger.countFailures(live.generation)),
  ])
  if (!run.known) return { live: run, openFailures }
  const record = run.value?.value ?? null
  const since = liveSince({ live, history }, record)
  return { live: { known: true, value: { day: record?.day ?? null, since } }, openFailures }
}
