/** Why a row of a source or message cannot become a row of an index. */
export type RowFaultCode =
  'ROW_FIELD_INVALID' | 'ROW_DATE_IMPOSSIBLE' | 'ROW_VALUE_UNKNOWN' | 'ROW_KEY_MISSING' | 'ROW_NUMBER_SHARED'

/**
 * A row that breaks the rules. It fails alone: the rows beside it continue, and it counts as a failure of the run.
 * `field` is the invalid field, `reason` a sentence for an operator; neither reveals more of the row than that field.
 */
export class RowFault extends Error {
  override readonly name = 'RowFault'
  readonly code: RowFaultCode
  readonly field: string
  readonly reason: string

  constructor(code: RowFaultCode, field: string, reason: string) {
    super(`${field}: ${reason}`)
    this.code = code
    this.field = field
    this.reason = reason
  }
}
