import { exceptionReason } from '../../../domain/exception-reason.ts'
import type { GmcNumber } from '../../../domain/gmc-number.ts'
import type { TcsPerson } from '../../../domain/trainee.ts'
import type { DoctorRecord, DoctorRecordKeys, TraineeRecordKeys } from '../../../ports/sources.ts'
import { isWantedDoctor } from '../keys.ts'
import { DOCTOR_RECORDS } from './doctor-records.ts'
import { EXCEPTION_RECORDS } from './exception-records.ts'
import { rowsWhere, withSources } from './reading.ts'
import { documentKey } from './staged-rows.ts'
import { TRAINEE_RECORDS } from './trainee-records.ts'

/** The texts or numbers of a JSON array, as the rows of a subquery. */
const LISTED = '(SELECT value FROM json_each(?))'

export async function personsOf(
  directory: string,
  { personIds, numbers }: TraineeRecordKeys,
): Promise<readonly TcsPerson[]> {
  const condition = `personId IN ${LISTED} OR number IN ${LISTED}`
  const keys = [JSON.stringify(personIds), JSON.stringify(numbers)]
  return withSources(directory, (database) => rowsWhere(database, TRAINEE_RECORDS, condition, keys))
}

export async function doctorsOf(directory: string, wanted: DoctorRecordKeys): Promise<readonly DoctorRecord[]> {
  const keys = JSON.stringify([...wanted.numbers, ...wanted.storedIds.map(documentKey)])
  const found = withSources(directory, (database) => rowsWhere(database, DOCTOR_RECORDS, `key IN ${LISTED}`, [keys]))
  // A padded id has the key of its number, under which there may be other documents.
  return found.filter(isWantedDoctor(wanted))
}

export async function doctorsOfRecommendations(
  directory: string,
  recommendationIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  return withSources(directory, (database) => {
    const select = database.prepare(`SELECT storedId, gmcNumber FROM recommendation WHERE storedId IN ${LISTED}`)
    const rows = select.all(JSON.stringify(recommendationIds))
    return new Map(rows.map(({ storedId, gmcNumber: number }) => [String(storedId), String(number)]))
  })
}

export async function reasonsOf(
  directory: string,
  numbers: readonly GmcNumber[],
): Promise<ReadonlyMap<GmcNumber, string>> {
  const rows = withSources(directory, (database) =>
    rowsWhere(database, EXCEPTION_RECORDS, `key IN ${LISTED}`, [JSON.stringify(numbers)]),
  )
  const reasons = new Map<GmcNumber, string>()
  for (const { storedId, reason } of rows) {
    const found = exceptionReason(storedId, reason)
    if (found !== null) reasons.set(found.number, found.reason)
  }
  return reasons
}
