import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { GmcNumber } from '../../../domain/gmc-number.ts'
import type { RowId } from '../../../domain/row.ts'
import { FIELD_COLUMNS } from './generation-schema.ts'
import type { PackedRow } from './packed.ts'
import type { StoredValue } from './row-values.ts'
import { tokenOf } from './token.ts'

type RowValues = readonly [key: number, seq: number, id: RowId, parts: string, ...fields: StoredValue[]]

// One statement a batch, whatever its size.
const rowsWhose = (column: 'key' | 'id' | 'number'): string =>
  `SELECT key, seq, id, parts, ${FIELD_COLUMNS.join(', ')} FROM row WHERE ${column} IN (SELECT value FROM json_each(?))`

/** Finds rows of one generation. Where it has no indexes yet, `byIds` and `byNumbers` go through all of it. */
export class RowReader {
  readonly #byKeys: StatementSync
  readonly #byIds: StatementSync
  readonly #byNumbers: StatementSync

  constructor(database: DatabaseSync) {
    this.#byKeys = database.prepare(rowsWhose('key'))
    this.#byIds = database.prepare(rowsWhose('id'))
    this.#byNumbers = database.prepare(rowsWhose('number'))
    for (const statement of [this.#byKeys, this.#byIds, this.#byNumbers]) statement.setReturnArrays(true)
  }

  /** The rows of these ids among those that have one of these keys. */
  byKeys(keys: readonly number[], ids: readonly RowId[]): PackedRow[] {
    const asked = new Set(ids)
    return found(this.#byKeys, keys).filter(([id]) => asked.has(id))
  }

  byIds(ids: readonly RowId[]): PackedRow[] {
    return found(this.#byIds, ids)
  }

  byNumbers(numbers: readonly GmcNumber[]): PackedRow[] {
    return found(this.#byNumbers, numbers.map(Number))
  }
}

function found(statement: StatementSync, asked: readonly (number | string)[]): PackedRow[] {
  // The columns are those of the statement, as arrays.
  const rows = statement.all(JSON.stringify(asked)) as unknown as RowValues[]
  return rows.map(([key, seq, id, parts, ...fields]) => [id, tokenOf({ key, seq }), parts, ...fields])
}
