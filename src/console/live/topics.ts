import { processesView } from '../../app/processes/processes-view.ts'
import type { Snapshot } from '../../app/live/snapshot.ts'
import { STAGES, type Run, type RunId } from '../../ports/run-ledger.ts'

/** What regions of pages depend on. The text of a topic changes when a region that shows it would look different. */
export const TOPICS = [
  'live',
  'kept',
  'current',
  'run',
  'failures',
  'changes',
  'applied',
  'verification',
  'processes',
  'servers',
  'due',
  'time',
] as const
export type Topic = (typeof TOPICS)[number]

/** What has no event of its own, such as queues, is fetched again after this long. */
const FETCH_EVERY_MS = 5_000

/** The text of a topic. `about` is the run that the page is about, or null. */
export function topicText(topic: Topic, snapshot: Snapshot, about: RunId | null): string {
  return JSON.stringify(READ[topic](snapshot, about))
}

const READ: Readonly<Record<Topic, (snapshot: Snapshot, about: RunId | null) => unknown>> = {
  live: ({ installation: { live, history, stale } }) => [live, history[0]?.at, live && stale[live.generation]?.at],
  kept: ({ installation: { previous, heldBack, discarding, stale, stillSending } }) => [
    ...[previous?.run, heldBack?.run, discarding, Object.keys(stale)],
    stillSending.length,
  ],
  current: ({ installation: { currentRun } }) => currentRun?.id,
  run: ({ run, installation }, about) => {
    if (run !== null && (about === null || run.id === about)) return shapeOf(run)
    // Its record is saved before it is in progress no more.
    return [about === null ? null : installation.currentRun?.id === about]
  },
  failures: ({ failedRows }) => failedRows,
  changes: ({ changes }) =>
    changes && [
      changes.paused?.code,
      Object.values(changes.channels).map(({ isBehind, deadLettered }) => [isBehind, deadLettered]),
    ],
  applied: ({ changes }) =>
    changes && [changes.term, Object.values(changes.channels).map(({ refreshed }) => refreshed)],
  verification: ({ verification }) =>
    verification && [verification.run, verification.finishedAt, verification.repaired?.at],
  processes: ({ processes, lease, asOf }) => {
    const now = asOf ?? 0
    const view = processesView(processes, lease, { now })
    return [
      view.processes.map(({ name, state, away, writes, sends }) => [name, state, away, writes, sends]),
      lease !== null && lease.until > now,
    ]
  },
  servers: ({ servers, fault }) => [servers.servers.map(({ name, state, since }) => [name, state, since]), fault?.code],
  due: ({ due }) => due,
  time: ({ asOf }) => Math.floor((asOf ?? 0) / FETCH_EVERY_MS),
}

/** What of a run moves no figure but changes its page: its state, and which stages began and ended. */
function shapeOf({ id, state, restarts, failure, stages, unproved, evidence, comparison }: Run): unknown {
  const begun = STAGES.map((stage) => [stages[stage]?.startedAt, stages[stage]?.finishedAt, stages[stage]?.expected])
  return [id, state, restarts.length, failure?.code, begun, unproved, evidence !== null, comparison !== null]
}
