import { gmcNumber, type GmcNumber } from '../../domain/gmc-number.ts'
import { asRevalError } from '../../errors/reval-error.ts'
import type { ErasureResult } from '../../ports/erasure.ts'
import type { KeyedSources } from '../refresh/source-reading.ts'
import type { ErasedKeys } from './erased-keys.ts'

/** What the sources have of a person now, or why that is unknown. */
export async function remainingIn(
  sources: KeyedSources | null,
  { all }: Pick<ErasedKeys, 'all'>,
): Promise<Pick<ErasureResult, 'remaining' | 'unread'>> {
  if (sources === null) return { remaining: null, unread: 'LIVE_CHANGES_OFF' }
  const personIds = all.flatMap((key) => (key.kind === 'person' ? key.tcsPersonId : []))
  const storedIds = all.flatMap((key) => (key.kind === 'document' ? key.storedId : []))
  const numbers = new Set(all.flatMap((key): readonly GmcNumber[] => (key.kind === 'number' ? [key.number] : [])))
  try {
    const persons = await sources.trainees.recordsOf({ personIds, numbers: [...numbers] })
    for (const { gmcDetails } of persons) {
      const number = gmcNumber(gmcDetails?.gmcNumber)
      if (number !== null) numbers.add(number)
    }
    const doctors = await sources.doctors.recordsOf({ numbers: [...numbers], storedIds })
    const reasons = await sources.exceptions.reasonsOf([...numbers])
    const recommended = doctors.filter(({ latest }) => latest !== null).length
    const remaining = { persons: persons.length, doctors: doctors.length, recommended, reasons: reasons.size }
    return { remaining, unread: null }
  } catch (error) {
    // The erasure does not depend on it.
    return { remaining: null, unread: asRevalError(error, 'SOURCE_FAILED').code }
  }
}
