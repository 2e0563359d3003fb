import type * as z from 'zod'
import { differing } from '../../sync/verify/findings.ts'
import { CHANNELS } from '../../ports/changes.ts'
import { STAGES, type Run, type RunRequest, type Stage, type StageProgress } from '../../ports/run-ledger.ts'
import { SCHEDULED } from '../../ports/schedule.ts'
import { instant } from '../json/parts.ts'
import type { HAPPENING } from '../json/events.ts'
import { processesView } from '../processes/processes-view.ts'
import type { Snapshot } from './snapshot.ts'

export type Happening = z.infer<typeof HAPPENING>
export type HappeningName = Happening['event']

type Found = Pick<Happening, 'event' | 'text'> & Partial<Pick<Happening, 'run' | 'state' | 'figures'>>

/**
 * What happened between two snapshots, in the order in which it must have happened. Says the same on every replica that reads the
 * same two; what came and went in between is not seen.
 */
export function happeningsBetween(before: Snapshot, after: Snapshot, now: number): readonly Happening[] {
  const found = [
    ...healthChanges(before, after),
    ...dueChanges(before, after),
    ...(after.asOf === before.asOf ? [] : inLedger(before, after, now)),
  ]
  return found.map((each) => ({ at: instant(now), run: null, state: null, figures: {}, ...each }))
}

function inLedger(before: Snapshot, after: Snapshot, now: number): readonly Found[] {
  // The first time the ledger could be read, everything is new, but nothing has happened.
  if (before.asOf === null) return []
  return [
    ...leaseChanges(before, after),
    ...processChanges(before, after, now),
    ...runChanges(before, after),
    ...rowFailures(before, after),
    ...liveChanges(before, after),
    ...verifications(before, after),
  ]
}

function healthChanges(before: Snapshot, after: Snapshot): readonly Found[] {
  return after.servers.servers.flatMap((server): readonly Found[] => {
    const was = before.servers.servers.find(({ name }) => name === server.name)?.state ?? 'unknown'
    const isNews = was === 'unknown' ? server.state === 'away' : was !== server.state
    if (!isNews) return []
    const why = server.state === 'away' && server.fault !== null ? `: ${server.fault.code}` : ''
    return [{ event: 'health.changed', text: `${server.name} is ${server.state}${why}` }]
  })
}

function dueChanges({ due: was }: Snapshot, { due }: Snapshot): readonly Found[] {
  return SCHEDULED.flatMap((what): readonly Found[] => {
    const at = due[what]
    if (at === null || at === was[what]) return []
    return [{ event: 'schedule.next', text: `${what} is due at ${instant(at)}`, figures: { dueAt: at } }]
  })
}

function leaseChanges(before: Snapshot, { lease, asOf }: Snapshot): readonly Found[] {
  const { lease: was } = before
  if (lease === null) return []
  const figures = { term: lease.term }
  if (was?.term !== lease.term || was.holder !== lease.holder)
    return [{ event: 'lease.acquired', text: `${lease.holder} is the writer`, figures }]
  const wasExpired = was.until <= (before.asOf ?? 0)
  return lease.until <= (asOf ?? 0) && !wasExpired
    ? [{ event: 'lease.expired', text: `the lease of ${lease.holder} has expired`, figures }]
    : []
}

function processChanges(before: Snapshot, after: Snapshot, now: number): readonly Found[] {
  const statesIn = ({ processes, asOf }: Snapshot) =>
    new Map(processesView(processes, null, { now: asOf ?? now }).processes.map(({ name, state }) => [name, state]))
  const was = statesIn(before)
  return [...statesIn(after)].flatMap(([name, state]): readonly Found[] =>
    was.get(name) === state ? [] : [{ event: 'process.changed', text: `${name} is ${state}` }],
  )
}

/** Runs that ended, with the aliases that they moved; then the one in progress. */
function runChanges(before: Snapshot, after: Snapshot): readonly Found[] {
  const known = before.installation.currentRun?.id
  const of = (run: Run) => [
    ...(run.id === known ? [] : [requested(run)]),
    ...progress(before.run?.id === run.id ? before.run : null, run),
  ]
  const { currentRun } = after.installation
  const current = after.run ?? null
  return [
    ...after.ended.flatMap(of),
    ...aliasChanges(before, after),
    ...after.ended.map(ended),
    ...(current !== null ? of(current) : currentRun !== null && currentRun.id !== known ? [requested(currentRun)] : []),
  ]
}

function requested({ id, purpose, requestedBy }: RunRequest): Found {
  const text = `${purpose} ${id} was requested by ${requestedBy}`
  return { event: 'run.requested', text, run: id, state: 'requested' }
}

function ended({ id, state, failure }: Run): Found {
  const why = failure === null ? '' : `: ${failure.code}`
  return { event: 'run.ended', text: `run ${id} is ${state}${why}`, run: id, state }
}

function progress(was: Run | null, run: Run): readonly Found[] {
  const { id, state, restarts } = run
  const found: Found[] = []
  const about = { run: id, state }
  if (run.term !== null && (was?.term ?? null) === null) {
    found.push({ event: 'run.pickedUp', text: `run ${id} was picked up`, ...about })
  }
  const again = restarts.slice(was?.restarts.length ?? 0)
  for (const { cause, reason } of was === null ? [] : again) {
    found.push({ event: 'run.restarted', text: `run ${id} restarted after a ${cause}: ${reason}`, ...about })
  }
  const stagesBefore = again.length > 0 ? {} : (was?.stages ?? {})
  for (const stage of STAGES) {
    const now = run.stages[stage]
    if (now !== undefined) found.push(...stageProgress(id, stage, stagesBefore[stage], now))
  }
  return found
}

function stageProgress(
  run: string,
  stage: Stage,
  was: StageProgress | undefined,
  now: StageProgress,
): readonly Found[] {
  const { rows, expected, messages, failedRows, lateMessages, unjoined, finishedAt } = now
  const figures = { rows, expected, messages, failedRows, lateMessages, unjoined: unjoined?.written ?? null }
  const about = { run, state: stage, figures }
  const found: Found[] = []
  if (was === undefined) found.push({ event: 'stage.started', text: `stage ${stage} started`, ...about })
  const moved = was?.rows !== rows || was.messages !== messages || was.unjoined?.written !== unjoined?.written
  if (moved && finishedAt === null && rows > 0) {
    found.push({ event: 'stage.progress', text: `stage ${stage}: ${rows} rows`, ...about })
  }
  if (finishedAt !== null && (was?.finishedAt ?? null) === null) {
    found.push({ event: 'stage.finished', text: `stage ${stage} finished: ${rows} rows`, ...about })
  }
  return found
}

function aliasChanges({ installation: was }: Snapshot, { installation: now }: Snapshot): readonly Found[] {
  const found: Found[] = []
  const known = was.history[0]?.at ?? null
  const made = now.history.filter(({ at }) => known === null || at > known)
  for (const { kind, to } of made.toReversed()) {
    found.push({ event: 'aliases.changed', text: `${kind}: run ${to.run} is live`, run: to.run, state: 'live' })
  }
  if (now.changing !== null && now.changing.at !== was.changing?.at) {
    const { kind, to } = now.changing
    found.push({
      event: 'aliases.changing',
      text: `${kind} to run ${to.run} has started`,
      run: to.run,
      state: 'promoting',
    })
  }
  for (const [generation, { reason }] of Object.entries(now.stale)) {
    if (was.stale[generation] === undefined) {
      found.push({ event: 'generation.stale', text: `generation ${generation} missed a change: ${reason}` })
    }
  }
  return found
}

function rowFailures(before: Snapshot, after: Snapshot): readonly Found[] {
  const places = [
    ['live', after.installation.live, before.installation.live],
    ['building', after.installation.building, before.installation.building],
  ] as const
  return places.flatMap(([place, kept, was]): readonly Found[] => {
    const failedRows = after.failedRows[place]
    const more = failedRows - (kept?.generation === was?.generation ? before.failedRows[place] : 0)
    if (kept === null || more <= 0 || (kept.generation !== was?.generation && place === 'live')) return []
    return [
      {
        event: 'row.failed',
        text: `${more} more rows failed in run ${kept.run}`,
        run: kept.run,
        figures: { failedRows },
      },
    ]
  })
}

function liveChanges({ changes: was }: Snapshot, { changes: now }: Snapshot): readonly Found[] {
  if (now === null || now.savedAt === was?.savedAt) return []
  const found: Found[] = []
  // A new writer counts from zero.
  const earlier = was?.term === now.term ? was.channels : null
  const sums = { refreshed: 0, deadLettered: 0, waiting: 0 }
  for (const channel of CHANNELS) {
    const { refreshed, deadLettered, waiting, isBehind } = now.channels[channel]
    sums.refreshed += refreshed - (earlier?.[channel].refreshed ?? 0)
    sums.deadLettered += deadLettered - (earlier?.[channel].deadLettered ?? 0)
    sums.waiting += waiting
    const wasBehind = was?.channels[channel].isBehind ?? false
    if (isBehind && !wasBehind)
      found.push({ event: 'channel.behind', text: `channel ${channel} is behind`, figures: { waiting } })
    if (!isBehind && wasBehind)
      found.push({ event: 'channel.recovered', text: `channel ${channel} is not behind any more` })
  }
  const { refreshed, deadLettered, waiting } = sums
  if (refreshed > 0) {
    const figures = { refreshed, waiting, perSecond: now.perSecond }
    found.push({ event: 'change.applied', text: `${refreshed} changes were refreshed`, figures })
  }
  if (deadLettered > 0) {
    found.push({
      event: 'message.deadLettered',
      text: `${deadLettered} changes were dead-lettered`,
      figures: { deadLettered },
    })
  }
  return found
}

function verifications({ verification: was }: Snapshot, { verification: now }: Snapshot): readonly Found[] {
  if (now === null || (was?.run === now.run && was.finishedAt === now.finishedAt)) return []
  const { run, missing, surplus, different, settled } = now
  const tables = now.tables === null ? 0 : differing(now.tables)
  const ofTables = tables === 0 ? '' : `, ${tables} in tables`
  const text = `verification ${run}: ${missing} missing, ${surplus} surplus, ${different} different${ofTables}`
  const figures = { missing, surplus, different, tables, settled }
  return [{ event: 'verify.finished', text, run, state: 'verified', figures }]
}
