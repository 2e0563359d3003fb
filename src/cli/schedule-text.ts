import type { ScheduledThing, ShownOutcome } from '../app/schedule/read-schedule.ts'
import { instant } from '../console/words/instants.ts'
import { table } from './output.ts'

const OUTCOMES_SHOWN = 5

/** The schedule as tables: what is due when, and what came of it. */
export function scheduleLines(things: readonly ScheduledThing[], now: number): string[] {
  const due = things.map(({ what, words, next }) => [
    what,
    words ?? 'off',
    next.map((at) => instant(at, now).text).join('; '),
  ])
  const outcomes = things.flatMap(({ what, outcomes }) =>
    outcomes.slice(0, OUTCOMES_SHOWN).map((each) => [what, instant(each.dueAt, now).text, ...outcomeCells(each)]),
  )
  return [
    ...table(['what', 'when', 'next'], due),
    '',
    ...(outcomes.length === 0 ? ['Nothing was due yet'] : table(['what', 'due', 'outcome', 'run'], outcomes)),
  ]
}

function outcomeCells({ outcome, times, run, code, decidedAt }: ShownOutcome): [string, string | null] {
  const often = times === 1 ? '' : `, ${times} times`
  const why = code === null ? '' : `: ${code}`
  const unrecorded = decidedAt === null ? '; no process is the writer' : ''
  return [`${outcome}${often}${why}${unrecorded}`, run]
}
