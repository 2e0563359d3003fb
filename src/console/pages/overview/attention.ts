import type { Installation } from '../../../ports/run-ledger.ts'
import type { Link } from '../../frame/page.ts'
import { valueOf } from '../../frame/reading.ts'
import { differing, remaining } from '../../../sync/verify/findings.ts'
import { runPath } from '../../runs/run-name.ts'
import { reasonOf } from '../../runs/sentence.ts'
import { age } from '../../words/durations.ts'
import { instant } from '../../words/instants.ts'
import { count, counted, listed } from '../../words/numbers.ts'
import type { OverviewFacts } from './facts.ts'

/** Something that needs a person, and where to see to it. */
export interface AttentionLine {
  readonly text: string
  readonly link: Link
}

type Attention = AttentionLine | null

/**
 * What needs attention, the most urgent first: what makes the lists wrong or old, then what will keep the next run or the changes from
 * coming in, then what concerns single rows. What is not known needs none: its own place on the page says so.
 */
export function needsAttention(
  facts: OverviewFacts,
  { now, staleMs }: { readonly now: number; readonly staleMs: number },
): readonly AttentionLine[] {
  const installation = valueOf(facts.installation)
  const lines: readonly Attention[] = [
    installation && nothingLive(installation),
    installation && missedChange(installation, now),
    installation && heldBack(installation, facts),
    lastFailed(facts, now),
    tooOld(facts, now, staleMs),
    serversAway(facts, now),
    noWriter(facts, now),
    servicesMissing(facts),
    installation && stillSending(installation),
    changesPaused(facts),
    drift(facts),
    missedSchedule(facts, now),
    openFailures(facts),
    deadLetters(facts),
  ]
  return lines.filter((line) => line !== null)
}

const SYSTEM = '/console/system'

function nothingLive({ live, currentRun }: Installation): Attention {
  if (live !== null || currentRun !== null) return null
  return { text: 'Nothing is live yet.', link: { text: 'Start the first run', href: '/console/runs/new' } }
}

/** Changes of live go on, but what it missed stays wrong until the next run. */
function missedChange({ live, stale }: Installation, now: number): Attention {
  const missed = live === null ? undefined : stale[live.generation]
  if (missed === undefined) return null
  const text = `What is live missed a change ${instant(missed.at, now).text}, so some rows may be wrong until the next run.`
  return { text, link: { text: 'Start a run', href: '/console/runs/new' } }
}

function heldBack({ heldBack: kept, discarding }: Installation, { last }: OverviewFacts): Attention {
  if (kept === null || discarding !== null) return null
  const run = valueOf(last)
  const link = { text: 'See what would change', href: `${runPath(kept.run)}/preview` }
  if (run?.id !== kept.run || run.failure === null) return { text: 'A run is held back.', link }
  if (run.failure.code === 'PREVIEW') return { text: 'A preview is ready for a decision.', link }
  return { text: `A run is held back: ${reasonOf(run.failure)}.`, link }
}

function lastFailed({ last }: OverviewFacts, now: number): Attention {
  const run = valueOf(last)
  if (run === null || run.state !== 'failed') return null
  const when = run.finishedAt === null ? '' : ` ${age(now - run.finishedAt)}`
  const what = run.purpose === 'verify' ? 'verification' : 'run'
  return {
    text: `The last ${what} failed${when}: ${reasonOf(run.failure)}.`,
    link: { text: 'See why', href: runPath(run.id) },
  }
}

/** A rollback makes no list newer: the end of the run counts. 0 means never. */
function tooOld({ installation, live }: OverviewFacts, now: number, staleMs: number): Attention {
  const run = valueOf(live)
  if (run === null || !installation.known) return null
  const at = run.finishedAt ?? run.requestedAt
  if (staleMs === 0 || now - at <= staleMs) return null
  return {
    text: `The lists are old: the run that is live ended ${age(now - at)}.`,
    link: { text: 'Start a run', href: '/console/runs/new' },
  }
}

function serversAway({ servers }: OverviewFacts, now: number): Attention {
  const away = servers.servers.filter(({ state }) => state === 'away')
  if (away.length === 0) return null
  const names = away.map(({ name, since }) => (since === null ? name : `${name} (since ${instant(since, now).text})`))
  return {
    text: `${counted(away.length, 'server is', 'servers are')} away: ${listed(names)}. What is live stays live.`,
    link: { text: 'See the servers', href: SYSTEM },
  }
}

function noWriter({ lease }: OverviewFacts, now: number): Attention {
  if (!lease.known || (lease.value !== null && lease.value.until > now)) return null
  return {
    text: 'No integration process is writing: runs wait, and changes do not come in.',
    link: { text: 'See the processes', href: SYSTEM },
  }
}

/** Processes that do not record themselves are not missed. */
function servicesMissing({ processes }: OverviewFacts): Attention {
  const known = valueOf(processes)
  if (known === null || known.processes.length === 0 || known.missing.length === 0) return null
  const names = known.missing.map(({ service }) => service)
  return {
    text: `No process of ${listed(names)} is running: runs wait for ${names.length === 1 ? 'it' : 'them'}.`,
    link: { text: 'See the processes', href: SYSTEM },
  }
}

function stillSending({ stillSending: senders }: Installation): Attention {
  const [first] = senders
  if (first === undefined) return null
  return {
    text: `No run can start: the sender of ${first.stage} may still be sending for an earlier run.`,
    link: { text: 'See the run', href: runPath(first.run) },
  }
}

function changesPaused({ changes }: OverviewFacts): Attention {
  const status = valueOf(changes)
  if (status === null) return null
  if (status.paused !== null) {
    return {
      text: `Changes do not come in: ${status.paused.reason}.`,
      link: { text: 'See the servers', href: SYSTEM },
    }
  }
  const behind = Object.values(status.channels).filter(({ isBehind }) => isBehind)
  if (behind.length === 0) return null
  const waiting = behind.reduce((sum, channel) => sum + channel.waiting, 0)
  return {
    text: `Changes come in late: ${count(waiting)} are waiting, the oldest for more than a minute.`,
    link: { text: 'See the queues', href: `${SYSTEM}/queues` },
  }
}

function drift({ verification }: OverviewFacts): Attention {
  const latest = valueOf(verification)
  if (latest === null || !latest.hasDrift) return null
  const rows = remaining(latest)
  const areOfTables = latest.tables !== null && differing(latest) === 0
  const what = areOfTables
    ? `${counted(rows, 'row of a table differs', 'rows of tables differ')} from the master index`
    : `${counted(rows, 'live row differs', 'live rows differ')} from the sources`
  return {
    text: `${what}, as found ${age(latest.ageSeconds * 1000)}.`,
    link: { text: 'See which', href: `/console/verify/${encodeURIComponent(latest.run)}` },
  }
}

function missedSchedule({ next }: OverviewFacts, now: number): Attention {
  const missedAt = valueOf(next)?.missedAt ?? null
  if (missedAt === null) return null
  return {
    text: `The run due at ${instant(missedAt, now).text} was not started.`,
    link: { text: 'See the schedule', href: '/console/schedule' },
  }
}

function openFailures({ failures }: OverviewFacts): Attention {
  const open = valueOf(failures) ?? 0
  if (open === 0) return null
  return {
    text: `${counted(open, 'failure is', 'failures are')} open: rows that are missing from the lists or wrong in them.`,
    link: { text: 'See the failures', href: '/console/failures' },
  }
}

function deadLetters({ deadLetters: letters }: OverviewFacts): Attention {
  const open = valueOf(letters) ?? 0
  if (open === 0) return null
  return {
    text: `${counted(open, 'message is', 'messages are')} in the dead letters.`,
    link: { text: 'See the dead letters', href: '/console/dead-letters' },
  }
}
