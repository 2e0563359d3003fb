import type { Queue } from '../../../ports/broker.ts'
import type { Table } from '../../components/table.ts'
import type { Reading } from '../../frame/reading.ts'
import { count, NOT_KNOWN } from '../../words/numbers.ts'
import { placePath } from './words.ts'
import type { Place } from './matching.ts'

export interface LettersModel {
  readonly sentence: string
  readonly queues: Table
}

export interface QueueLetters {
  readonly queue: Place & Queue
  /** About how many dead letters it has. */
  readonly letters: Reading<number>
}

/** The queues and their dead letters; those that have some first. */
export function lettersModel(queues: readonly QueueLetters[]): LettersModel {
  const known = queues.flatMap(({ letters }) => (letters.known ? [letters.value] : []))
  const total = known.reduce((sum, letters) => sum + letters, 0)
  const numberOf = ({ letters }: QueueLetters) => (letters.known ? letters.value : Infinity)
  return {
    sentence: sentenceOf(total, known.length === queues.length),
    queues: {
      id: 'queues',
      caption: 'Queues',
      isCaptionHidden: true,
      columns: [{ text: 'Queue' }, { text: 'Dead letters', isNumeric: true }],
      rows: queues
        .toSorted((a, b) => numberOf(b) - numberOf(a))
        .map(({ queue, letters }) => [
          { text: queue, href: placePath(queue) },
          letters.known
            ? { text: count(letters.value) }
            : { text: NOT_KNOWN, lines: [`${letters.reason} (${letters.code})`] },
        ]),
    },
  }
}

function sentenceOf(total: number, isKnown: boolean): string {
  if (!isKnown) return 'How many there are is not known: a queue does not answer.'
  if (total === 0) return 'No dead letters.'
  return `${count(total)} ${total === 1 ? 'message' : 'messages'} could not be read or carried out. Each is kept until somebody decides.`
}
