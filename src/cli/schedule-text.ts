import type { ScheduleView } from '../app/json/schedule.ts'
import { instant } from '../console/words/instants.ts'
import { table } from './output.ts'

type Outcome = ScheduleView['schedule'][number]['outcomes'][number]

const OUTCOMES_SHOWN = 5

/** The schedule as tables: what is due when, and what came of it. */
export function scheduleLines({ schedule: things }: ScheduleView, now: number): string[] {
  const due = things.map(({ what, words, next }) => [
    what,
    words ?? 'off',
    next.map((at) => instant(Date.parse(at), now).text).join('; '),
  ])
  const outcomes = things.flatMap(({ what, outcomes }) =>
    outcomes
      .slice(0, OUTCOMES_SHOWN)
      .map((each) => [what, instant(Date.parse(each.dueAt), now).text, ...outcomeCells(each)]),
  )
  return [
    ...table(['what', 'when', 'next'], due),
    '',
    ...(outcomes.length === 0 ? ['Nothing was due yet'] : table(['what', 'due', 'outcome', 'run'], outcomes)),
  ]
}

function outcomeCells({ outcome, times, run, code, decidedAt }: Outcome): [string, string | null] {
  const often = times === 1 ? '' : `, ${times} times`
  const why = code === null ? '' : `: ${code}`
  const unrecorded = decidedAt === null ? '; no process is the writer' : ''
  return [`${outcome}${often}${why}${unrecorded}`, run]
}
