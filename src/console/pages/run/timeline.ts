import type { Installation, Restart, Run } from '../../../ports/run-ledger.ts'
import { isOver } from '../../../sync/run-state.ts'
import type { Happening, Timeline } from '../../components/timeline.ts'
import { reasonOf } from '../../runs/sentence.ts'
import { STAGE_NAMES, stagesOf } from '../../runs/stage-rows.ts'
import { instant } from '../../words/instants.ts'
import { person } from '../../words/people.ts'

interface Dated {
  /** Null if only the order is known: it stands where it is put. */
  readonly at: number | null
  readonly happening: Omit<Happening, 'time'>
}

/** What happened to a run and what people did about it, newest first. */
export function runTimeline(run: Run, history: Installation['history'], now: number): Timeline {
  const dated: readonly Dated[] = [
    { at: run.requestedAt, happening: { title: 'Asked for', by: person(run.requestedBy), lines: expectedLines(run) } },
    ...run.restarts.map(restarted),
    ...stageEnds(run),
    ...ended(run),
    ...decided(run),
    ...moves(run, history),
  ]
  return dated
    .map((each, index) => ({ ...each, index }))
    .sort((one, other) => (other.at ?? Infinity) - (one.at ?? Infinity) || other.index - one.index)
    .map(({ at, happening }) => ({ time: at === null ? null : instant(at, now, 'seconds'), ...happening }))
}

function expectedLines({ expect, senderGone }: Run): readonly string[] {
  return [
    ...(expect === null ? [] : [`Expected to differ: ${expect}`]),
    ...(senderGone === null ? [] : [`The sender of an earlier run has stopped: ${senderGone}`]),
  ]
}

export function restarted({ cause, reason, at }: Restart): Dated {
  const title = cause === 'takeover' ? 'Restarted, because another process took over' : 'Restarted after a fault'
  return { at, happening: { title, lines: [reason] } }
}

function stageEnds(run: Run): readonly Dated[] {
  return stagesOf(run).flatMap((stage) => {
    const finishedAt = run.stages[stage]?.finishedAt ?? null
    const isLast = isOver(run.state) && finishedAt === run.finishedAt
    return finishedAt === null || isLast
      ? []
      : [{ at: finishedAt, happening: { title: `${STAGE_NAMES[stage]} finished` } }]
  })
}

function ended({ state, failure, finishedAt, decision }: Run): readonly Dated[] {
  const entry = (title: string, lines: readonly string[] = []): Dated[] => [
    { at: finishedAt, happening: { title, lines } },
  ]
  if (decision !== null) return entry('Held back', [reasonOf(failure)])
  switch (state) {
    case 'held back':
      return entry('Held back', [reasonOf(failure)])
    case 'failed':
      return entry('Failed', [reasonOf(failure)])
    case 'cancelled':
      return entry('Cancelled', [reasonOf(failure)])
    case 'verified':
      return entry('Verified')
    default:
      // That it went live is in the history of the lists.
      return []
  }
}

function decided({ decision }: Run): readonly Dated[] {
  if (decision?.action !== 'discarded') return []
  const { by, why, at } = decision
  return [{ at, happening: { title: 'Discarded', by: person(by), lines: why === '' ? [] : [why] } }]
}

/** When the lists moved to this run, and away from it. */
function moves({ id, finishedAt, state }: Run, history: Installation['history']): readonly Dated[] {
  const concerned = history.filter(({ from, to }) => to.run === id || from?.run === id)
  if (concerned.length === 0 && state === 'live') return [{ at: finishedAt, happening: { title: 'Went live' } }]
  return concerned.map(({ kind, to, by, why, request, at }) => {
    const title =
      to.run === id
        ? kind === 'rollback'
          ? 'Rolled back to this run'
          : 'Went live'
        : kind === 'rollback'
          ? 'Rolled back to the run before'
          : 'Another run went live'
    const isByHand = request !== null
    return {
      at,
      happening: { title, ...(isByHand && { by: person(by) }), lines: isByHand && why !== '' ? [why] : [] },
    }
  })
}
