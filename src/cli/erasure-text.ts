import type { ErasureView } from '../app/erasure-view.ts'
import type { Erased, ErasureResult, Remaining } from '../ports/erasure.ts'
import { count } from './output.ts'

const counted = (number: number, one: string, more = `${one}s`) => `${count(number)} ${number === 1 ? one : more}`

/** What an erasure did, as text. */
export function erasedLines({ erased, sharing, otherKeys, remaining, unread }: ErasureResult): string[] {
  return [
    `removed: ${removed(erased)}`,
    ...(sharing > 0 ? [`${counted(sharing, 'row')} of other persons with the same GMC number: not erased`] : []),
    ...(otherKeys > 0
      ? [`the removed dead letters also named ${counted(otherKeys, 'other key')}: the next sync brings their changes`]
      : []),
    ...(remaining === null
      ? [`the sources could not be read (${unread ?? ''}): check them yourself`]
      : remainingLines(remaining)),
    'out of reach: backups, snapshots of the search engine, receivers of announced rows',
  ]
}

function removed({ rows, failedRows, deadLetters, records }: Erased): string {
  const found = rows.live + rows.previous + rows.heldBack + failedRows + deadLetters + records
  if (found === 0) return 'nothing: reval has nothing of this key'
  return [
    `${counted(rows.live, 'row')} of live`,
    `${count(rows.previous)} of previous`,
    `${count(rows.heldBack)} of held back`,
    counted(failedRows, 'failed row'),
    counted(deadLetters, 'dead letter'),
    `keys masked in ${counted(records, 'record')}`,
  ].join(', ')
}

function remainingLines({ persons, doctors, recommended, reasons }: Remaining): string[] {
  if (persons + doctors + reasons === 0) return ['remains in the sources: nothing']
  const what = [
    `TCS has ${counted(persons, 'person')}`,
    `the GMC data has ${counted(doctors, 'doctor')}, ${count(recommended)} with recommendations, and ${counted(reasons, 'exception reason')}`,
  ]
  return [
    `remains in the sources: ${what.join('; ')}`,
    'until it is erased there, the next sync or change brings the rows back',
  ]
}

/** Past erasures, newest first. */
export function erasureLines(erasures: readonly ErasureView[]): string[] {
  if (erasures.length === 0) return ['No erasures']
  return erasures.map(({ at, by, why, erased }) => `${at} by ${by}: ${why}: ${removed(erased)}`)
}
