import type { LatestVerificationView } from '../../../app/verification-view.ts'
import type { ChangesStatus } from '../../../ports/changes.ts'
import type { Installation, Run } from '../../../ports/run-ledger.ts'
import { liveSince } from '../../../sync/live-since.ts'
import { remaining } from '../../../sync/verify/findings.ts'
import type { Link } from '../../frame/page.ts'
import { valueOf, type Reading } from '../../frame/reading.ts'
import { runPath, runTime } from '../../runs/run-name.ts'
import { age } from '../../words/durations.ts'
import { dayInWords, instant, type Instant } from '../../words/instants.ts'
import { count, counted, listed, NOT_KNOWN } from '../../words/numbers.ts'
import { person } from '../../words/people.ts'
import { runTags, type Tag } from '../../words/states.ts'
import type { OverviewFacts } from './facts.ts'

/** What is live, line by line. */
export interface LiveCard {
  /** What else must be said of the run. */
  readonly tags: readonly Tag[]
  readonly data: string
  readonly since: Instant | null
  readonly age: string
  readonly run: Link
  readonly how: string
  readonly proof: string
  readonly changes: Changes
  readonly undo: string
}

interface Changes {
  /** 412 rows, or a sentence. */
  readonly count: string
  /** `the last 2 minutes ago`; empty if there was none. */
  readonly last: string
}

export function liveCard(facts: OverviewFacts, installation: Installation, now: number): LiveCard | null {
  const { live } = installation
  if (live === null) return null
  const run = valueOf(facts.live)
  const since = liveSince({ ...installation, live }, run)
  return {
    tags: run === null ? [] : runTags(run, installation).slice(1),
    data: run === null ? NOT_KNOWN : dayInWords(run.day),
    since: since === null ? null : instant(since, now),
    age: since === null ? NOT_KNOWN : age(now - since),
    run: { text: run === null ? live.run : runTime(run), href: runPath(live.run) },
    how: howItWentLive(installation, run),
    proof: proofOf(run, facts.verification, now),
    changes: changesOf(facts.changes, now),
    undo: undoOf(installation, valueOf(facts.previous)),
  }
}

function howItWentLive({ live, history }: Installation, run: Run | null): string {
  const move = history.find(({ to }) => to.generation === live?.generation)
  if (move?.kind === 'rollback') return `Rolled back to by ${person(move.by)}${because(move.why)}`
  if (run === null) return NOT_KNOWN
  if (run.decision?.action === 'promoted') {
    return `Made live by hand by ${person(run.decision.by)}${because(run.decision.why)}`
  }
  if (run.evidence === null) return NOT_KNOWN
  return run.evidence.accepted === null ? 'Passed all checks' : `Expected to differ${because(run.expect ?? '')}`
}

const because = (why: string): string => (why === '' ? '' : `: ${why}`)

/** How well it is proved that the lists are what the sources say: by the latest verification, or else by the checks of the run. */
function proofOf(run: Run | null, verification: Reading<LatestVerificationView | null>, now: number): string {
  const latest = valueOf(verification)
  if (latest?.isOfLive === true) {
    const when = instant(Date.parse(latest.finishedAt), now).text
    const differing = remaining(latest)
    return differing === 0
      ? `Every row matched its source, as compared at ${when}`
      : `${counted(differing, 'row differed from its source', 'rows differed from their sources')}, as compared at ${when}`
  }
  if (run === null) return NOT_KNOWN
  if (run.unproved.length > 0) return `Not proved: the sender of ${listed(run.unproved)} reported no totals`
  if (run.evidence === null) return NOT_KNOWN
  const { compared, different, skipped } = run.evidence.digests
  if (different > 0) return `${counted(different, 'message differs', 'messages differ')} from what was sent`
  if (compared === 0) return 'Counts match, contents were not compared'
  return skipped === 0
    ? 'Counts and contents match what the sources sent'
    : `Counts match; contents match in ${count(compared)} of ${counted(compared + skipped, 'message')}`
}

export function changesOf(changes: Reading<ChangesStatus | null>, now: number): Changes {
  const status = valueOf(changes)
  if (!changes.known) return { count: NOT_KNOWN, last: '' }
  if (status === null) return { count: 'No changes have come in', last: '' }
  const channels = Object.values(status.channels)
  const refreshed = channels.reduce((sum, channel) => sum + channel.refreshed, 0)
  const times = channels.flatMap(({ lastRefreshedAt }) => (lastRefreshedAt === null ? [] : [lastRefreshedAt]))
  if (refreshed === 0 || times.length === 0) return { count: 'No changes have come in', last: '' }
  return {
    count: `${counted(refreshed, 'change')} since the writer started`,
    last: `the last ${age(now - Math.max(...times))}`,
  }
}

function undoOf({ previous, stale }: Installation, run: Run | null): string {
  if (previous === null) return 'There is no earlier generation. A second run makes this one undoable.'
  if (stale[previous.generation] !== undefined)
    return 'The earlier generation missed a change, so there is no way back to it.'
  return run === null ? previous.run : `Data of ${dayInWords(run.day)}, run of ${runTime(run)}`
}
