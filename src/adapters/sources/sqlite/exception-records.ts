import type { ExceptionRecord } from '../../../ports/sources.ts'
import type { RecordKind } from './schema.ts'

type ExceptionFields = readonly [storedId: string, reason: string | null]

/** The reasons of failed connections; `key` finds those of a GMC number. */
export const EXCEPTION_RECORDS: RecordKind<ExceptionFields, ExceptionRecord> = {
  table: 'exception',
  fill: `
    INSERT INTO main.exception (key, record)
    SELECT key, json_array(storedId, errorMessage) FROM rows.exceptionLogs ORDER BY trimmed, storedId`,
  rowOf: ([storedId, reason]) => ({ storedId, reason }),
}
