import type { QueuesView, QueueView } from '../../../app/health/queues.ts'
import type { Cell, Table } from '../../components/table.ts'
import { count, counted } from '../../words/numbers.ts'
import { systemTabs, type SystemTab } from './servers-model.ts'

export interface QueuesModel {
  readonly tabs: readonly SystemTab[]
  readonly sentence: string
  readonly queues: Table
}

export function queuesModel({ queues }: QueuesView): QueuesModel {
  const numeric = (text: string) => ({ text, isNumeric: true })
  return {
    tabs: systemTabs('/console/system/queues'),
    sentence: sentenceOf(queues),
    queues: {
      id: 'queues',
      caption: 'Queues',
      isCaptionHidden: true,
      columns: [
        { text: 'Queue' },
        numeric('Waiting'),
        numeric('In flight'),
        numeric('Consumers'),
        numeric('Dead letters'),
      ],
      rows: queues.map(({ queue, name, state, fault }): readonly Cell[] => {
        const reason = fault === null ? [] : [`${fault.reason} (${fault.code})`]
        const about = state?.isApproximate === true ? 'about ' : ''
        const figure = (value: number | null | undefined): Cell => ({
          text: value === null || value === undefined ? count(null) : `${about}${count(value)}`,
        })
        return [
          { text: queue, lines: [...(name === queue ? [] : [name]), ...reason] },
          figure(state?.waiting),
          figure(state?.unacknowledged),
          { text: count(state?.consumers) },
          { ...figure(state?.deadLetters), href: `/console/dead-letters/${queue}`, hiddenText: `of ${queue}` },
        ]
      }),
    },
  }
}

function sentenceOf(queues: readonly QueueView[]): string {
  const known = queues.flatMap(({ state }) => (state === null ? [] : [state]))
  const unknown = queues.length - known.length
  const waiting = known.reduce((sum, state) => sum + state.waiting, 0)
  const about = known.some(({ isApproximate }) => isApproximate) ? 'About ' : ''
  const text =
    waiting === 0
      ? 'No messages are waiting'
      : `${about}${counted(waiting, 'message')} ${waiting === 1 ? 'is' : 'are'} waiting`
  return unknown === 0 ? `${text}.` : `${text}, as far as it is known: ${counted(unknown, 'queue')} did not answer.`
}
