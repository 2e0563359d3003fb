import { ERROR_CODES } from '../../errors/codes.ts'
import type { ChangesStatus, Channel } from '../../ports/changes.ts'
import type { Notification } from '../../ports/notifications.ts'
import type { Run } from '../../ports/run-ledger.ts'
import type { Scheduled, ScheduleRecord } from '../../ports/schedule.ts'
import { isOver } from '../../sync/run-state.ts'
import { allDiffering, differing, remaining } from '../../sync/verify/findings.ts'
import { agoInWords, londonTime } from './times.ts'

/** What the ledger says, from which follows what to notify of. Times are milliseconds since the epoch. */
export interface NotifiedFacts {
  /** The latest, newest first. */
  readonly runs: readonly Run[]
  /** The run that is live, which may not be among the latest. */
  readonly live: Run | null
  /** As this writer recorded them; null before. */
  readonly changes: ChangesStatus | null
  readonly schedule: Readonly<Partial<Record<Scheduled, ScheduleRecord>>>
  readonly now: number
  /** What ended before is not notified of. */
  readonly since: number
  /** 0 is never. */
  readonly staleMs: number
}

/** How long the oldest change waits before people are notified: short jams are common. */
const BEHIND_MS = 5 * 60_000

const RUNS_PAGE = '/console/runs'
const pageOf = ({ id }: Run) => `${RUNS_PAGE}/${encodeURIComponent(id)}`

type Happening = Omit<Notification, 'at'>
const NOTHING_MORE = { remedy: null, run: null, code: null, figures: {} } as const

/** Everything to notify of, whether or not that was done already: ids are the same each time. */
export function happenings(facts: NotifiedFacts, behind: readonly Channel[]): readonly Happening[] {
  const ended = facts.runs.filter(({ state, finishedAt }) => isOver(state) && (finishedAt ?? 0) >= facts.since)
  return [
    ...ended.flatMap((run) => ofRun(run, facts)),
    ...ofAge(facts),
    ...ofChanges(facts, behind),
    ...ofSchedule(facts),
  ]
}

/** The channels that are behind for long: those that were stay so until none of their changes is late. */
export function channelsBehind({ changes, now }: Pick<NotifiedFacts, 'changes' | 'now'>, before: readonly Channel[]) {
  const channels = Object.entries(changes?.channels ?? {}) as [Channel, ChangesStatus['channels'][Channel]][]
  return channels
    .filter(([channel, { isBehind, oldestAt }]) => {
      if (!isBehind || oldestAt === null) return false
      return before.includes(channel) || now - oldestAt >= BEHIND_MS
    })
    .map(([channel]) => channel)
}

const PURPOSES = { sync: 'sync', preview: 'preview', verify: 'verification' } as const
const UNCHANGED = 'What is live has not changed.'

function ofRun(run: Run, facts: NotifiedFacts): readonly Happening[] {
  const { id, state, failure, purpose } = run
  const what = PURPOSES[purpose]
  const code = failure?.code ?? null
  const shown = { ...NOTHING_MORE, run: id, path: pageOf(run), code, remedy: code && ERROR_CODES[code] }
  if (state === 'failed') {
    const text = `The ${what} ${id} failed in the stage ${failure?.stage ?? 'requested'}: ${code ?? 'no reason'}. ${UNCHANGED}`
    return [{ ...shown, id: `run-failed_${id}`, event: 'run-failed', title: `A ${what} failed`, text }]
  }
  if (state === 'held back' && code !== 'PREVIEW') {
    const text = `The ${what} ${id} was held back: ${code ?? 'no reason'}. ${UNCHANGED} Somebody has to promote or discard it.`
    return [{ ...shown, id: `run-held-back_${id}`, event: 'run-held-back', title: `A ${what} was held back`, text }]
  }
  return [...ofLive(run, facts), ...ofVerification(run)]
}

/** A run that is the first to go live after one that did not, or after the lists were too old. */
function ofLive(run: Run, facts: NotifiedFacts): readonly Happening[] {
  if (run.state !== 'live' || run.purpose === 'verify') return []
  const earlier = facts.runs.slice(facts.runs.indexOf(run) + 1).find(mattered)
  if (earlier === undefined) return []
  const apart = (run.finishedAt ?? 0) - (earlier.finishedAt ?? 0)
  const wasStale = facts.staleMs > 0 && apart > facts.staleMs
  if (earlier.state === 'live' && !wasStale) return []
  const before =
    earlier.state === 'live' ? `the first for ${agoInWords(apart)}` : `the first after one that did not go live`
  const text = `The run ${run.id} of ${run.day} is live, ${before}.`
  const id = `run-live-again_${run.id}`
  return [
    {
      ...NOTHING_MORE,
      id,
      event: 'run-live-again',
      title: 'A run is live again',
      text,
      run: run.id,
      path: pageOf(run),
    },
  ]
}

/** Whether a run says something about whether syncs work: not if a person stopped it, or it was never to go live. */
function mattered({ state, purpose, failure }: Run): boolean {
  if (!isOver(state) || state === 'cancelled' || purpose === 'verify') return false
  return state === 'live' || failure?.code !== 'PREVIEW'
}

function ofVerification(run: Run): readonly Happening[] {
  if (run.verification === null) return []
  const { missing, surplus, different, tables, repaired } = run.verification
  if (allDiffering(run.verification) === 0) return []
  const rows = differing(run.verification)
  const ofTables = tables === null ? 0 : differing(tables)
  const left = remaining(run.verification)
  const text =
    `The verification ${run.id} found ${rows} rows that are not as the sources require: ` +
    `${missing} missing, ${surplus} surplus, ${different} different. ` +
    (ofTables === 0
      ? ''
      : `${ofTables} rows of tables are not as the master requires: another program changed them. `) +
    (repaired === null ? 'They were not repaired.' : `After the repair, ${left} are.`)
  return [
    {
      ...NOTHING_MORE,
      ...{ id: `live-differs_${run.id}`, event: 'live-differs', title: 'What is live differs from the sources', text },
      ...{
        run: run.id,
        figures: { missing, surplus, different, tables: ofTables, remaining: left },
        path: pageOf(run),
      },
    },
  ]
}

function ofAge({ runs, live, now, since, staleMs }: NotifiedFacts): readonly Happening[] {
  if (staleMs === 0) return []
  const successes = [...runs, ...(live === null ? [] : [live])].filter(({ state }) => state === 'live')
  const last = successes.reduce<Run | null>(
    (latest, each) => ((each.finishedAt ?? 0) > (latest?.finishedAt ?? 0) ? each : latest),
    null,
  )
  const age = now - (last?.finishedAt ?? since)
  if (age <= staleMs) return []
  const ended =
    last === null
      ? 'No run has gone live yet.'
      : `The last one, ${last.id}, did at ${londonTime(last.finishedAt ?? 0)}.`
  return [
    {
      ...NOTHING_MORE,
      ...{
        id: `lists-stale_${last?.id ?? 'never'}`,
        event: 'lists-stale',
        title: 'The lists are too old',
        path: RUNS_PAGE,
      },
      text: `No run has gone live for ${agoInWords(staleMs)}. ${ended}`,
      figures: { milliseconds: age },
    },
  ]
}

function ofChanges(facts: NotifiedFacts, behind: readonly Channel[]): readonly Happening[] {
  const { changes, now } = facts
  if (changes === null) return []
  return channelsBehind(facts, behind)
    .filter((channel) => !behind.includes(channel))
    .map((channel) => {
      const { waiting, oldestAt } = changes.channels[channel]
      const code = changes.paused?.code ?? null
      const age = now - (oldestAt ?? now)
      return {
        ...NOTHING_MORE,
        ...{ id: `changes-behind_${channel}_${now}`, event: 'changes-behind', title: 'Changes are behind' },
        text: `The oldest change of ${channel} has waited for ${agoInWords(age)}; ${waiting} wait or are in progress.`,
        ...{
          code,
          remedy: code && ERROR_CODES[code],
          figures: { waiting, milliseconds: age },
          path: '/console/system',
        },
      }
    })
}

const SCHEDULED_RUNS = { sync: 'sync', verify: 'verification' } as const

/** Not of reasons: they are compared again minutes later. */
function ofSchedule({ schedule, since }: NotifiedFacts): readonly Happening[] {
  return (['sync', 'verify'] as const).flatMap((what) =>
    (schedule[what]?.outcomes ?? []).flatMap(({ outcome, dueAt, decidedAt, times, code }): readonly Happening[] => {
      if (decidedAt < since || (outcome !== 'missed' && outcome !== 'failed')) return []
      const run = SCHEDULED_RUNS[what]
      const shown = {
        ...{ ...NOTHING_MORE, code, remedy: code && ERROR_CODES[code], figures: { times }, path: '/console/system' },
        ...{ id: `schedule-${outcome}_${what}_${dueAt}`, event: `schedule-${outcome}` as const },
      }
      const due = `due at ${londonTime(dueAt)}`
      if (outcome === 'failed') {
        const text = `The ${run} ${due} could not be started: ${code ?? 'no reason'}. ${UNCHANGED}`
        return [{ ...shown, title: `A scheduled ${run} could not be started`, text }]
      }
      const often = times === 1 ? '' : `, and ${times - 1} more times after it`
      const text = `No process could start the ${run} ${due}${often}. It is not started late: start it by hand if you need it now.`
      return [{ ...shown, title: `A scheduled ${run} was missed`, text }]
    }),
  )
}
