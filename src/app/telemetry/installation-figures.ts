import type { Clock } from '../../ports/clock.ts'
import { CHANGES, CHANNELS, type ChangesStatus } from '../../ports/changes.ts'
import type { IndexStore } from '../../ports/index-store.ts'
import {
  STAGES,
  WRITER,
  type Installation,
  type Lease,
  type Run,
  type RunId,
  type RunLedger,
} from '../../ports/run-ledger.ts'
import { readInstallation } from '../../sync/records.ts'
import { pace } from '../../sync/run-state.ts'
import { differing } from '../../sync/verify/findings.ts'
import { Fresh } from '../health/fresh.ts'
import { inTime } from '../health/ping.ts'
import { readLatestVerification, type LatestVerificationView } from '../verification-view.ts'
import { figure, known, type Figure, type FigureSource } from './figures.ts'

const RECORDS_FRESH_MS = 5_000
/** Counting reads a whole index on embedded backends. */
const COUNTS_FRESH_MS = 60_000
const LATEST_RUNS = 10

export interface InstallationParts {
  readonly ledger: RunLedger
  readonly store: Pick<IndexStore, 'count' | 'countTables'>
  readonly clock: Clock
  /** This process, as the lease names it. */
  readonly holder: string
}

/** The figures of the ledger and of what is live; none while they cannot be read. */
export function installationFigures(parts: InstallationParts): FigureSource {
  const { ledger, store, clock, holder } = parts
  const records = new Fresh(clock, RECORDS_FRESH_MS, () => readRecords(ledger, clock))
  const counts = new Map<RunId, Fresh<readonly Figure[]>>()
  const countsOf = (live: Run): Fresh<readonly Figure[]> => {
    const kept = counts.get(live.id)
    if (kept !== undefined) return kept
    counts.clear()
    const made = new Fresh(clock, COUNTS_FRESH_MS, () => countLive(store, live))
    counts.set(live.id, made)
    return made
  }
  return async () => {
    const found = await inTimeOrNull(records)
    if (found === null) return []
    const now = clock.now()
    return [
      ...runFigures(found, now),
      ...liveFigures(found),
      ...writerFigures(found.lease, holder, now),
      ...changeFigures(found.changes, now),
      ...verificationFigures(found.verification),
      ...((found.live && (await inTimeOrNull(countsOf(found.live)))) ?? []),
    ]
  }
}

/** Null if it cannot be read, or not in time: an absent figure says so, and the health of the process says why. */
async function inTimeOrNull<T>(value: Fresh<T>): Promise<T | null> {
  try {
    return await inTime(() => value.get())
  } catch {
    return null
  }
}

interface Records {
  readonly installation: Installation
  readonly lease: Lease | null
  readonly changes: ChangesStatus | null
  readonly verification: LatestVerificationView | null
  /** The run in progress. */
  readonly current: Run | null
  readonly live: Run | null
  readonly heldBack: Run | null
  /** Newest first. */
  readonly runs: readonly Run[]
  readonly openFailures: number | null
}

async function readRecords(ledger: RunLedger, clock: Clock): Promise<Records> {
  const installation = await readInstallation(ledger)
  const { live, currentRun, heldBack } = installation
  const run = async (id: RunId | undefined) =>
    id === undefined ? null : ((await ledger.read('run', id))?.value ?? null)
  const [lease, changes, verification, runs, openFailures, ...kept] = await Promise.all([
    ledger.read('lease', WRITER),
    ledger.read('changes', CHANGES),
    readLatestVerification({ ledger }, installation, clock.now()),
    ledger.runs(LATEST_RUNS),
    live === null ? null : ledger.countFailures(live.generation),
    run(currentRun?.id),
    run(live?.run),
    run(heldBack?.run),
  ])
  return {
    installation,
    lease: lease?.value ?? null,
    changes: changes?.value ?? null,
    verification,
    current: kept[0],
    live: kept[1],
    heldBack: kept[2],
    runs,
    openFailures,
  }
}

function runFigures({ current, runs }: Records, now: number): readonly Figure[] {
  const shown = current ?? runs[0]
  return [
    figure('runInProgress', current !== null),
    ...STAGES.map((stage) => figure('runStage', current?.state === stage, { stage })),
    ...(shown === undefined ? [] : progressFigures(shown, now)),
    ...lastEnds(runs),
  ]
}

function progressFigures(run: Run, now: number): readonly Figure[] {
  return [
    figure('runSeconds', ((run.finishedAt ?? now) - run.requestedAt) / 1000),
    figure('runRestarts', run.restarts.length),
    ...STAGES.flatMap((stage) => {
      const progress = run.stages[stage]
      if (progress === undefined) return []
      const took = figure('stageTook', ((progress.finishedAt ?? now) - progress.startedAt) / 1000, { stage })
      if (stage !== 'trainees' && stage !== 'doctors') return [took]
      return [
        took,
        figure('stageRows', progress.rows, { stage }),
        figure('stageFailed', progress.failedRows, { stage }),
        ...known('stageExpected', progress.expected, { stage }),
        ...known('stageRate', pace(progress, now).rate, { stage }),
      ]
    }),
  ]
}

function lastEnds(runs: readonly Run[]): readonly Figure[] {
  const ended = runs.filter(({ finishedAt }) => finishedAt !== null)
  const groups = Map.groupBy(ended, ({ purpose, state }) => `${purpose} ${state}`)
  return [...groups.values()].flatMap((group) => {
    const latest = Math.max(...group.map(({ finishedAt }) => finishedAt ?? 0))
    return group.slice(0, 1).map(({ purpose, state }) => figure('lastEnded', latest / 1000, { purpose, result: state }))
  })
}

function liveFigures({ installation, live, heldBack, openFailures }: Records): readonly Figure[] {
  const isPreview = heldBack?.failure?.code.startsWith('PREVIEW') === true
  const isStale = (generation: 'live' | 'previous' | 'heldBack') => {
    const kept = installation[generation]
    return kept !== null && installation.stale[kept.generation] !== undefined
  }
  return [
    figure('isLive', installation.live !== null),
    ...known('liveSince', live?.finishedAt && live.finishedAt / 1000),
    ...known('liveDay', live && Date.parse(live.day) / 1000),
    ...known('openFailures', openFailures),
    figure('heldBack', installation.heldBack !== null && !isPreview, { reason: 'check' }),
    figure('heldBack', installation.heldBack !== null && isPreview, { reason: 'preview' }),
    figure('stale', isStale('live'), { generation: 'live' }),
    figure('stale', isStale('previous'), { generation: 'previous' }),
    figure('stale', isStale('heldBack'), { generation: 'held back' }),
  ]
}

function writerFigures(lease: Lease | null, holder: string, now: number): readonly Figure[] {
  const isActive = lease !== null && lease.until > now
  return [figure('hasWriter', isActive), figure('isWriter', isActive && lease.holder === holder)]
}

function changeFigures(changes: ChangesStatus | null, now: number): readonly Figure[] {
  if (changes === null) return []
  return [
    figure('changesPaused', changes.paused !== null),
    ...CHANNELS.flatMap((channel) => {
      const { waiting, oldestAt } = changes.channels[channel]
      const lag = oldestAt === null ? 0 : Math.max(0, now - oldestAt) / 1000
      return [figure('changesLag', lag, { channel }), figure('changesWaiting', waiting, { channel })]
    }),
  ]
}

function verificationFigures(verification: LatestVerificationView | null): readonly Figure[] {
  if (verification === null) return []
  const { finishedAt, missing, surplus, different, tables, hasDrift } = verification
  return [
    figure('verifiedAt', Date.parse(finishedAt) / 1000),
    figure('verifyDifferences', missing, { difference: 'missing' }),
    figure('verifyDifferences', surplus, { difference: 'surplus' }),
    figure('verifyDifferences', different, { difference: 'different' }),
    figure('verifyDifferences', tables === null ? 0 : differing(tables), { difference: 'table' }),
    figure('drift', hasDrift),
  ]
}

async function countLive(
  store: Pick<IndexStore, 'count' | 'countTables'>,
  { generation, day }: Run,
): Promise<readonly Figure[]> {
  if (generation === null) return []
  const [{ indexes }, tables] = await Promise.all([store.count(generation, day), store.countTables(generation)])
  return [
    ...Object.entries(indexes).map(([index, rows]) => figure('liveRows', rows, { index })),
    ...Object.entries(tables ?? {}).map(([index, rows]) => figure('tableRows', rows, { index })),
  ]
}
