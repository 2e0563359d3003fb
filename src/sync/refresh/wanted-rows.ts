import type { Day } from '../../domain/day.ts'
import type { DoctorRow } from '../../domain/doctor.ts'
import { gmcNumber } from '../../domain/gmc-number.ts'
import { failedDoctorKey, NO_NUMBER_PARTS, rowsOfNumber, traineeRowId, type Row, type RowId } from '../../domain/row.ts'
import { RowFault } from '../../domain/row-fault.ts'
import type { Trainee } from '../../domain/trainee.ts'
import type { ErrorCode } from '../../errors/codes.ts'
import type { SyncSettings } from '../context.ts'
import { doctorFrom, traineeFrom } from '../source-rows.ts'
import type { KeyScope } from './key-scope.ts'
import type { SourceRecords } from './source-reading.ts'

/** A row that a rule or the store refused. */
export interface RefusedRow {
  readonly key: RowId
  readonly code: ErrorCode
  readonly reason: string
}

/** The rows that the sources require for the keys in a scope on a day, and the records that a rule refused. */
export interface WantedRows {
  readonly rows: readonly Row[]
  readonly refused: readonly RefusedRow[]
}

export const NOTHING_WANTED: WantedRows = { rows: [], refused: [] }

/** The rows as a run of that day would build them: a refused record has no row, and the other rows are built without it. */
export function wantedRows(
  scope: Pick<KeyScope, 'numbers'>,
  { persons, documents, reasons }: SourceRecords,
  day: Day,
  settings: Pick<SyncSettings, 'trainees' | 'bodies'>,
): WantedRows {
  const refused: RefusedRow[] = []
  const unlessRefused = <T>(key: RowId, read: () => T): T | null => {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof RowFault)) throw error
      refused.push({ key, code: error.code, reason: error.message })
      return null
    }
  }
  const trainees = persons.flatMap(
    (person) => unlessRefused(traineeRowId(person.personId), () => traineeFrom(person, day, settings)) ?? [],
  )
  const doctors = documents.flatMap(
    (record) => unlessRefused(failedDoctorKey(record.doctor.storedId), () => doctorFrom(record, day)) ?? [],
  )
  const traineesOf = Map.groupBy(trainees, (trainee: Trainee) => gmcNumber(trainee.gmcReferenceNumber))
  const doctorsOf = Map.groupBy(doctors, ({ doctor }: DoctorRow) => gmcNumber(doctor.gmcReferenceNumber))
  const joined = [...scope.numbers].flatMap((number) => {
    // Two documents of one number share it, so both were refused.
    const [doctor = NO_NUMBER_PARTS] = doctorsOf.get(number) ?? []
    return rowsOfNumber(traineesOf.get(number) ?? [], { ...doctor, reason: reasons.get(number) ?? null })
  })
  const withoutNumber = [
    ...rowsOfNumber(traineesOf.get(null) ?? [], NO_NUMBER_PARTS),
    ...(doctorsOf.get(null) ?? []).flatMap((doctor) => rowsOfNumber([], { ...doctor, reason: null })),
  ]
  return { rows: [...joined, ...withoutNumber], refused }
}
