import { gmcNumber } from '../../domain/gmc-number.ts'
import { numberOfRow, type Row } from '../../domain/row.ts'
import type { ChangedKey } from '../../ports/run-workspace.ts'
import type { SourceRecords } from './source-reading.ts'

/** The keys of which neither the sources nor the rows have anything. */
export function unknownKeys(
  keys: readonly ChangedKey[],
  { persons, documents, reasons }: SourceRecords,
  rows: readonly Row[],
): readonly ChangedKey[] {
  const trainees = rows.flatMap(({ parts }) => parts.trainee ?? [])
  const doctors = rows.flatMap(({ parts }) => parts.doctor ?? [])
  const personIds = new Set([
    ...persons.map(({ personId }) => personId),
    ...trainees.map(({ tcsPersonId }) => tcsPersonId),
  ])
  const storedIds = new Set([
    ...documents.map(({ doctor }) => doctor.storedId),
    ...doctors.map(({ gmcReferenceNumber }) => gmcReferenceNumber),
  ])
  const numbers = new Set([
    ...persons.map(({ gmcDetails }) => gmcNumber(gmcDetails?.gmcNumber)),
    ...[...storedIds].map(gmcNumber),
    ...reasons.keys(),
    ...rows.map(numberOfRow),
  ])
  return keys.filter((key) => {
    if (key.kind === 'person') return !personIds.has(key.tcsPersonId)
    return key.kind === 'number' ? !numbers.has(key.number) : !storedIds.has(key.storedId)
  })
}
