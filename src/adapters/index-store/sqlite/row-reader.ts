import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { GmcNumber } from '../../../domain/gmc-number.ts'
import type { RowId } from '../../../domain/row.ts'
import type { Token } from '../../../ports/index-store.ts'
import { DELETED, HIDDEN } from './generation-schema.ts'
import type { Identities } from './identities.ts'
import type { PackedRow } from './packed.ts'
import { staleToken, tokenOf } from './token.ts'

type RowValues = readonly [key: number, id: string, seq: number, state: number, marks: string | null, parts: string]
const FOUND = 'row.key, row.id, row.seq, row.state, row.marks, row.parts'

/** Finds rows of one generation. */
export class RowReader {
  readonly #identities: Identities
  readonly #get: StatementSync
  readonly #find: StatementSync

  constructor(database: DatabaseSync, identities: Identities) {
    this.#identities = identities
    // One statement a batch, whatever its size. CROSS JOIN keeps the order in which the tables are gone through.
    this.#get = database.prepare(
      `SELECT ${FOUND} FROM json_each(?) AS asked
       CROSS JOIN row ON row.key = asked.value WHERE row.state & ${DELETED} = 0`,
    )
    this.#find = database.prepare(
      `SELECT ${FOUND}, row.seq > (SELECT visible FROM progress)
       FROM (SELECT DISTINCT value FROM json_each(?)) AS asked
       CROSS JOIN searchable ON searchable.number = asked.value CROSS JOIN row ON row.key = searchable.key`,
    )
    this.#get.setReturnArrays(true)
    this.#find.setReturnArrays(true)
  }

  /** The rows of these ids as they are now. */
  get(ids: readonly RowId[]): PackedRow[] {
    this.#identities.refresh()
    const keys = [...this.#identities.keysOf(ids).values()]
    // The columns are those of the statement, as arrays.
    const found = this.#get.all(JSON.stringify(keys)) as unknown as RowValues[]
    return found.map(currentRow)
  }

  /** The rows that had one of these numbers when they were last made visible. */
  findByNumbers(numbers: readonly GmcNumber[]): PackedRow[] {
    // The columns are those of the statement, as arrays.
    const found = this.#find.all(JSON.stringify(numbers.map(Number))) as unknown as [...RowValues, stale: 0 | 1][]
    return found.map((values) => (values[6] === 1 ? packed(values, staleToken(values[0])) : currentRow(values)))
  }
}

function currentRow(values: RowValues | readonly [...RowValues, unknown]): PackedRow {
  return packed(values, tokenOf({ key: values[0], seq: values[2] }))
}

function packed(values: RowValues | readonly [...RowValues, unknown], token: Token): PackedRow {
  return [values[1], token, (values[3] & HIDDEN) !== 0, values[4], values[5]]
}
