import type { Config } from '../../config/config.ts'
import type { ErrorCode } from '../../errors/codes.ts'
import { asRevalError } from '../../errors/reval-error.ts'
import { CHANGES, type ChangesStatus } from '../../ports/changes.ts'
import type { Clock } from '../../ports/clock.ts'
import { PROCESSES, type ProcessRecord } from '../../ports/processes.ts'
import { WRITER, type Installation, type Lease, type Run, type RunLedger } from '../../ports/run-ledger.ts'
import { SCHEDULED, type Scheduled } from '../../ports/schedule.ts'
import { LATEST, type Verification } from '../../ports/verification.ts'
import { NEW_INSTALLATION, readInstallation } from '../../sync/records.ts'
import type { HealthWatch, ServersView } from '../health/health-watch.ts'
import { inTime } from '../health/ping.ts'

/** The installation at an instant, as every replica reads it. Times in milliseconds since the epoch. */
export interface Snapshot {
  /** When the ledger was read; null if it never could. */
  readonly asOf: number | null
  /** Why the ledger cannot be read now: the rest is as it was before. Null if it can. */
  readonly fault: { readonly code: ErrorCode; readonly reason: string } | null
  readonly installation: Installation
  /** The run in progress; null if there is none, or it has no record yet. */
  readonly run: Run | null
  /** The runs that ended since the snapshot before. */
  readonly ended: readonly Run[]
  /** Failed rows of the live generation, and of the one being built; a few seconds old. */
  readonly failedRows: { readonly live: number; readonly building: number }
  readonly changes: ChangesStatus | null
  readonly verification: Verification | null
  readonly lease: Lease | null
  readonly processes: readonly ProcessRecord[]
  readonly servers: ServersView
  /** When each thing of the schedule is due next, as this process is configured; null if never. */
  readonly due: Readonly<Record<Scheduled, number | null>>
}

/** Before anything was read. */
const NOTHING: Omit<Snapshot, 'servers' | 'due'> = {
  asOf: null,
  fault: null,
  installation: NEW_INSTALLATION,
  run: null,
  ended: [],
  failedRows: { live: 0, building: 0 },
  changes: null,
  verification: null,
  lease: null,
  processes: [],
}

/** Counting failures makes a search engine refresh an index. */
const COUNT_EVERY_MS = 5_000

export interface SnapshotSources {
  readonly ledger: RunLedger
  readonly clock: Pick<Clock, 'now' | 'monotonic'>
  readonly health: Pick<HealthWatch, 'serversView'>
  readonly schedule: Config['schedule']
}

/** Reads snapshots, each with what the one before it leaves to be read. */
export class SnapshotReader {
  readonly #sources: SnapshotSources
  #countedAt: number | null = null
  #counted = ''
  /** Runs that ended in this process since the last reading: they may have begun since then, too. */
  #endedHere: Run[] = []

  constructor(sources: SnapshotSources) {
    this.#sources = sources
  }

  /** A run ended in this process. */
  runEnded(run: Run): void {
    this.#endedHere.push(run)
  }

  /** Never rejects, and takes a few seconds at most: while the ledger is away, what was known stays. */
  async read(before: Snapshot | null): Promise<Snapshot> {
    const { clock, health, schedule } = this.#sources
    const beside = { servers: health.serversView(), due: dueIn(schedule, clock.now()) }
    try {
      const read = await inTime(() => this.#readLedger(before))
      return { ...read, asOf: clock.now(), fault: null, ...beside }
    } catch (error) {
      const { code, message: reason } = asRevalError(error)
      return { ...(before ?? NOTHING), ended: [], fault: { code, reason }, ...beside }
    }
  }

  async #readLedger(before: Snapshot | null): Promise<Omit<Snapshot, 'asOf' | 'fault' | 'servers' | 'due'>> {
    const { ledger } = this.#sources
    const [installation, changes, verification, lease, processes] = await Promise.all([
      readInstallation(ledger),
      ledger.read('changes', CHANGES),
      ledger.read('verification', LATEST),
      ledger.read('lease', WRITER),
      ledger.read('processes', PROCESSES),
    ])
    const { currentRun } = installation
    const was = before?.installation.currentRun ?? null
    const isOver = was !== null && was.id !== currentRun?.id
    const endedHere = this.#endedHere.filter(({ id }) => id !== currentRun?.id)
    this.#endedHere = this.#endedHere.filter((each) => !endedHere.includes(each))
    const [run, ended, failedRows] = await Promise.all([
      currentRun === null ? null : ledger.read('run', currentRun.id),
      isOver && !endedHere.some(({ id }) => id === was.id) ? ledger.read('run', was.id) : null,
      this.#failedRows(installation, before),
    ])
    return {
      installation,
      run: run?.value ?? null,
      ended: [...(ended === null ? [] : [ended.value]), ...endedHere],
      failedRows,
      changes: changes?.value ?? null,
      verification: verification?.value ?? null,
      lease: lease?.value ?? null,
      processes: processes?.value.processes ?? [],
    }
  }

  async #failedRows({ live, building }: Installation, before: Snapshot | null): Promise<Snapshot['failedRows']> {
    const { ledger, clock } = this.#sources
    const now = clock.monotonic()
    const generations = `${live?.generation ?? ''} ${building?.generation ?? ''}`
    const isFresh = this.#countedAt !== null && now - this.#countedAt < COUNT_EVERY_MS && this.#counted === generations
    if (isFresh && before !== null) return before.failedRows
    const [ofLive, ofBuilding] = await Promise.all(
      [live, building].map(async (each) => (each === null ? 0 : ledger.countFailures(each.generation))),
    )
    this.#countedAt = now
    this.#counted = generations
    return { live: ofLive ?? 0, building: ofBuilding ?? 0 }
  }
}

function dueIn(schedule: Config['schedule'], now: number): Snapshot['due'] {
  const times = SCHEDULED.map((what) => [what, schedule[what]?.next(now) ?? null] as const)
  return { sync: null, verify: null, reasons: null, ...Object.fromEntries(times) }
}
