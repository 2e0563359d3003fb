import type { ScheduledThing, ShownOutcome } from '../../../app/schedule/read-schedule.ts'
import { ERROR_CODES } from '../../../errors/codes.ts'
import type { Scheduled } from '../../../ports/schedule.ts'
import type { Cell, Table } from '../../components/table.ts'
import { runPath } from '../../runs/run-name.ts'
import { instant, type Instant } from '../../words/instants.ts'
import { count } from '../../words/numbers.ts'
import type { Tag } from '../../words/states.ts'
import { systemTabs, type SystemTab } from './servers-model.ts'

export interface ScheduleModel {
  readonly tabs: readonly SystemTab[]
  readonly things: readonly {
    readonly heading: string
    /** `Every day at 5am`, or that it is switched off. */
    readonly sentence: string
    readonly expression: string | null
    readonly next: readonly Instant[]
    readonly outcomes: Table | null
  }[]
}

const HEADINGS: Readonly<Record<Scheduled, string>> = {
  sync: 'Runs',
  verify: 'Checks of the live lists',
  reasons: 'Exception reasons',
}

const SWITCHED_OFF: Readonly<Record<Scheduled, string>> = {
  sync: 'No schedule is set. Runs start by hand.',
  verify: 'No schedule is set. Checks start by hand.',
  reasons: 'No schedule is set. Reasons change with each run.',
}

const OUTCOMES_SHOWN = 5

export function scheduleModel(things: readonly ScheduledThing[], now: number): ScheduleModel {
  return {
    tabs: systemTabs('/console/schedule'),
    things: things.map(({ what, expression, words, next, outcomes }) => ({
      heading: HEADINGS[what],
      sentence: words === null ? SWITCHED_OFF[what] : `${words}, London time.`,
      expression,
      next: next.map((at) => instant(at, now)),
      outcomes: outcomes.length === 0 ? null : outcomesTable(outcomes.slice(0, OUTCOMES_SHOWN), HEADINGS[what], now),
    })),
  }
}

const TAGS = {
  started: { word: 'Started', colour: 'green' },
  skipped: { word: 'Skipped', colour: 'grey' },
  missed: { word: 'Missed', colour: 'orange' },
  failed: { word: 'Failed', colour: 'red' },
} as const satisfies Readonly<Record<ShownOutcome['outcome'], Tag>>

function outcomesTable(outcomes: readonly ShownOutcome[], thing: string, now: number): Table {
  return {
    caption: `${thing}: latest due times`,
    isCaptionHidden: true,
    columns: [{ text: 'Due' }, { text: 'Result' }, { text: 'Why' }],
    rows: outcomes.map((each) => [{ time: instant(each.dueAt, now) }, { tags: [TAGS[each.outcome]] }, whyOf(each)]),
  }
}

function whyOf({ outcome, run, code, times }: ShownOutcome): Cell {
  const several = times > 1 ? [`Stands for ${count(times)} due times`] : []
  const link = run === null ? {} : { href: runPath(run) }
  switch (outcome) {
    case 'started':
      return { text: run === null ? 'It was started' : 'See the run', ...link, lines: several }
    case 'skipped':
      return run === null
        ? { text: code === 'NOTHING_LIVE' ? 'Nothing was live' : 'It could not be started', lines: several }
        : { text: 'A run was in progress', ...link, lines: several }
    case 'missed':
      return { text: 'No process could start it in time', lines: several }
    case 'failed':
      return {
        text: code === null ? 'The reason is not on record' : ERROR_CODES[code],
        lines: [...(code === null ? [] : [code]), ...several],
      }
  }
}
