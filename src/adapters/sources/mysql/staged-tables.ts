import { textOrNull } from '../../../domain/text.ts'
import type { SourceTables } from '../../../ports/source-filling.ts'
import { TCS_COLUMNS, TCS_TABLES, type TcsTable } from './tables.ts'

type Value = string | number | null

/** How the rows of a table wait for their commit, and what the table is where it has to be made. */
interface StagedTable<T extends TcsTable> {
  /** Types of the columns of the table, as TCS has them; texts are as long as an export may have them. */
  readonly types: readonly string[]
  readonly indexed: readonly string[]
  /** The values of `TCS_COLUMNS`, then those of `keys`. */
  readonly values: (row: SourceTables[T]) => Value[]
  /** What is compared between rows and is no column, computed here: letters of JavaScript are not those of MySQL. */
  readonly keys: readonly string[]
}

const ID = 'bigint NOT NULL PRIMARY KEY'
const UUID = 'varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci'

export const STAGED_TABLES: { readonly [T in TcsTable]: StagedTable<T> } = {
  ContactDetails: {
    types: [ID, 'text', 'text'],
    indexed: [],
    values: (row) => [row.id, row.surname, row.forenames],
    keys: [],
  },
  GmcDetails: { types: [ID, 'text'], indexed: [], values: (row) => [row.id, row.gmcNumber], keys: [] },
  Person: { types: [ID, 'text'], indexed: [], values: (row) => [row.id, row.role], keys: [] },
  Programme: {
    types: [ID, 'text', 'text', 'text'],
    indexed: [],
    values: (row) => [row.id, row.owner, row.programmeName, row.programmeNumber],
    keys: [],
  },
  ProgrammeMembership: {
    types: [`${UUID} NOT NULL PRIMARY KEY`, 'bigint', 'bigint', 'text', 'date', 'date'],
    indexed: ['personId', 'programmeId'],
    values: (row) => [
      row.uuid,
      row.personId,
      row.programmeId,
      row.programmeMembershipType,
      textOrNull(row.programmeStartDate),
      textOrNull(row.programmeEndDate),
      row.uuid.toLowerCase(),
    ],
    keys: ['uuidKey'],
  },
  CurriculumMembership: {
    types: [ID, UUID, 'bigint', 'bigint', 'date', 'date'],
    indexed: ['programmeMembershipUuid', 'personId'],
    values: (row) => [
      row.id,
      row.programmeMembershipUuid,
      row.personId,
      row.curriculumId,
      textOrNull(row.curriculumStartDate),
      textOrNull(row.curriculumEndDate),
      row.programmeMembershipUuid?.toLowerCase() ?? null,
    ],
    keys: ['uuidKey'],
  },
}

/** The temporary table of this connection in which rows wait; it goes when the connection does. */
export function stagedName(table: TcsTable): string {
  return `reval_staged_${table}`
}

/** A table that is made to take the place of one that is not there yet. */
export function newName(table: TcsTable): string {
  return `reval_filling_${table}`
}

/** Where a table goes that has to give its name away. */
export function formerName(table: TcsTable): string {
  return `reval_replaced_${table}`
}

/** The columns that an INSERT of staged rows names. */
export function stagedColumns(table: TcsTable): readonly string[] {
  return ['line', ...TCS_COLUMNS[table], ...STAGED_TABLES[table].keys]
}

/** The statements that lay out the staged rows. Texts and dates are kept as they are given, whatever they hold. */
export function layOutStaged(): string[] {
  return TCS_TABLES.map((table) => {
    const { types, keys } = STAGED_TABLES[table]
    const columns = TCS_COLUMNS[table].map((column, index) =>
      types[index]?.startsWith('bigint') === true ? `${column} bigint` : `${column} mediumtext`,
    )
    // As bytes: no collation then takes two texts for the same.
    const compared = keys.map((key) => `${key} varbinary(3000)`)
    return `CREATE TEMPORARY TABLE ${stagedName(table)}
      (seq bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, line bigint NOT NULL, ${[...columns, ...compared].join(', ')})
      ENGINE = InnoDB CHARACTER SET utf8mb4`
  })
}

/** The statement that makes a table of TCS under another name. */
export function layOutTable(table: TcsTable, name: string): string {
  const { types, indexed } = STAGED_TABLES[table]
  const columns = TCS_COLUMNS[table].map((column, index) => `${column} ${types[index] ?? ''}`)
  const indexes = indexed.map((column) => `KEY ${column} (${column})`)
  return `CREATE TABLE ${name} (${[...columns, ...indexes].join(', ')}) ENGINE = InnoDB CHARACTER SET utf8mb4`
}
