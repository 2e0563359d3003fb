import type { SQLInputValue } from 'node:sqlite'
import { STORED_FIELDS } from '../../../domain/doctor.ts'
import { gmcNumber, shownNumber } from '../../../domain/gmc-number.ts'
import { columnsOf, type TcsTable } from '../../../domain/tcs-tables.ts'
import { textOrNull } from '../../../domain/text.ts'
import type { SourceTable, SourceTables } from '../../../ports/source-filling.ts'

/** How the rows of a table are staged until commit; columns that no rule reads are omitted. */
export interface StagedTable<T extends SourceTable> {
  /** Their definitions: numbers are integers, anything else is stored unchanged. */
  readonly columns: readonly string[]
  /** The values of the columns, in their order. */
  readonly values: (row: SourceTables[T]) => SQLInputValue[]
}

/**
 * What the rules compare trimmed or without regard to case is computed here, since JavaScript's white space and
 * letters are not SQLite's.
 */
export const STAGED_TABLES: { readonly [T in SourceTable]: StagedTable<T> } = {
  ContactDetails: tcsTable('ContactDetails'),
  GmcDetails: {
    columns: [...tcsTable('GmcDetails').columns, 'trimmed'],
    values: (row) => [...tcsTable('GmcDetails').values(row), shownNumber(row.gmcNumber)],
  },
  Person: tcsTable('Person'),
  Programme: tcsTable('Programme'),
  ProgrammeMembership: tcsTable('ProgrammeMembership'),
  CurriculumMembership: tcsTable('CurriculumMembership'),
  Placement: tcsTable('Placement'),
  doctorsForDB: {
    columns: ['key', 'trimmed', 'storedId', ...STORED_FIELDS],
    values: (row) => [
      documentKey(row.storedId),
      shownNumber(row.storedId),
      row.storedId,
      // A flag is the text of a JSON value, as in the record.
      ...STORED_FIELDS.map((field) => (field === 'existsInGmc' ? String(row[field]) : row[field])),
    ],
  },
  recommendation: {
    columns: ['storedId', 'gmcNumber', 'outcome', 'actualSubmissionDate', 'gmcSubmissionDate'],
    // The dates are compared, and a blank one counts as absent.
    values: (row) => [
      row.storedId,
      row.gmcNumber,
      row.outcome,
      textOrNull(row.actualSubmissionDate),
      textOrNull(row.gmcSubmissionDate),
    ],
  },
  exceptionLogs: {
    columns: ['key', 'trimmed', 'storedId', 'errorMessage'],
    values: (row) => [documentKey(row.storedId), shownNumber(row.storedId), row.storedId, row.errorMessage],
  },
}

/** The columns that are read, and the keys, which are compared. UUIDs are staged as they are compared. */
function tcsTable<Table extends TcsTable>(table: Table): StagedTable<Table> {
  const columns = columnsOf(table).filter(({ kind, isRead }) => isRead || kind === 'key')
  const isNumber = (kind: string): boolean => ['key', 'parent', 'reference', 'number'].includes(kind)
  return {
    columns: columns.map(({ name, kind }) => (isNumber(kind) ? `${name} INTEGER` : name)),
    values: (row) => {
      const cells: Readonly<Record<string, string | number | null>> = row
      return columns.map(({ name, kind }) => {
        const cell = cells[name] ?? null
        return kind.startsWith('uuid') && typeof cell === 'string' ? cell.toLowerCase() : cell
      })
    },
  }
}

/** The identity of a document: its GMC number, or its `_id` if that is not one. */
export function documentKey(storedId: string): string {
  return gmcNumber(storedId) ?? storedId
}

/** The statement that adds a row: its line, then the columns. */
export function insertInto(table: SourceTable): string {
  return `INSERT INTO rows.${table} VALUES (?${', ?'.repeat(STAGED_TABLES[table].columns.length)})`
}

/** The statements that create the tables of staged rows, in the attached file `rows`. */
export function layOutRows(): string {
  return Object.entries(STAGED_TABLES)
    .map(([table, { columns }]) => `CREATE TABLE rows.${table} (line INTEGER, ${columns.join(', ')});`)
    .join('\n')
}

/**
 * The indexes that joining and comparing need, made once all rows are there: sorting them at once is much faster than
 * keeping them sorted. Each ends with the rowid, so "the first of this key" is one look.
 */
export const ROW_INDEXES: readonly string[] = [
  'CREATE INDEX IF NOT EXISTS rows.contact_id ON ContactDetails (id)',
  'CREATE INDEX IF NOT EXISTS rows.gmc_id ON GmcDetails (id)',
  'CREATE INDEX IF NOT EXISTS rows.person_id ON Person (id)',
  'CREATE INDEX IF NOT EXISTS rows.programme_id ON Programme (id)',
  'CREATE INDEX IF NOT EXISTS rows.membership_uuid ON ProgrammeMembership (uuid)',
  'CREATE INDEX IF NOT EXISTS rows.membership_person ON ProgrammeMembership (personId)',
  'CREATE INDEX IF NOT EXISTS rows.curriculum_id ON CurriculumMembership (id)',
  'CREATE INDEX IF NOT EXISTS rows.curriculum_uuid ON CurriculumMembership (programmeMembershipUuid)',
  'CREATE INDEX IF NOT EXISTS rows.placement_trainee ON Placement (traineeId)',
  'CREATE INDEX IF NOT EXISTS rows.doctor_key ON doctorsForDB (key)',
  'CREATE INDEX IF NOT EXISTS rows.recommendation_id ON recommendation (storedId)',
  `CREATE INDEX IF NOT EXISTS rows.recommendation_latest
     ON recommendation (gmcNumber, actualSubmissionDate, gmcSubmissionDate, storedId)`,
  'CREATE INDEX IF NOT EXISTS rows.exception_key ON exceptionLogs (key)',
]
