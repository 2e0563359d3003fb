import type { SQLInputValue } from 'node:sqlite'
import { gmcNumber, shownNumber } from '../../../domain/gmc-number.ts'
import { textOrNull } from '../../../domain/text.ts'
import type { SourceTable, SourceTables } from '../../../ports/source-filling.ts'

/** How the rows of a table wait for their filling's commit; columns that no rule reads are left out. */
export interface StagedTable<T extends SourceTable> {
  /** Their definitions: numbers are integers, anything else stays as it is given. */
  readonly columns: readonly string[]
  /** The values of the columns, in their order. */
  readonly values: (row: SourceTables[T]) => SQLInputValue[]
}

/**
 * What the rules compare trimmed or without regard to case is computed here, since JavaScript's white space and
 * letters are not SQLite's.
 */
export const STAGED_TABLES: { readonly [T in SourceTable]: StagedTable<T> } = {
  ContactDetails: {
    columns: ['id INTEGER', 'surname', 'forenames'],
    values: (row) => [row.id, row.surname, row.forenames],
  },
  GmcDetails: {
    columns: ['id INTEGER', 'gmcNumber', 'trimmed'],
    values: (row) => [row.id, row.gmcNumber, shownNumber(row.gmcNumber)],
  },
  Person: {
    columns: ['id INTEGER', 'role'],
    values: (row) => [row.id, row.role],
  },
  Programme: {
    columns: ['id INTEGER', 'owner', 'programmeName'],
    values: (row) => [row.id, row.owner, row.programmeName],
  },
  ProgrammeMembership: {
    columns: ['uuidKey', 'personId INTEGER', 'programmeId INTEGER', 'type', 'startDate', 'endDate'],
    values: (row) => [
      row.uuid.toLowerCase(),
      row.personId,
      row.programmeId,
      row.programmeMembershipType,
      row.programmeStartDate,
      row.programmeEndDate,
    ],
  },
  CurriculumMembership: {
    columns: ['id INTEGER', 'uuidKey', 'endDate'],
    values: (row) => [row.id, row.programmeMembershipUuid?.toLowerCase() ?? null, row.curriculumEndDate],
  },
  doctorsForDB: {
    columns: [
      'key',
      'trimmed',
      'storedId',
      'doctorFirstName',
      'doctorLastName',
      'submissionDate',
      'dateAdded',
      'underNotice',
      'sanction',
      'doctorStatus',
      'lastUpdatedDate',
      'designatedBodyCode',
      'admin',
      'existsInGmc',
    ],
    values: (row) => [
      keyOf(row.storedId),
      shownNumber(row.storedId),
      row.storedId,
      row.doctorFirstName,
      row.doctorLastName,
      row.submissionDate,
      row.dateAdded,
      row.underNotice,
      row.sanction,
      row.doctorStatus,
      row.lastUpdatedDate,
      row.designatedBodyCode,
      row.admin,
      // The text of a JSON value, as the record takes it.
      row.existsInGmc === null ? 'null' : String(row.existsInGmc),
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
    values: (row) => [keyOf(row.storedId), shownNumber(row.storedId), row.storedId, row.errorMessage],
  },
}

/** By what two documents are the same: the GMC number, or the `_id` as it is where that is none. */
function keyOf(storedId: string): string {
  return gmcNumber(storedId) ?? storedId
}

/** The statement that adds a row: its line, then the columns. */
export function insertInto(table: SourceTable): string {
  return `INSERT INTO rows.${table} VALUES (?${', ?'.repeat(STAGED_TABLES[table].columns.length)})`
}

/** The statements that lay out the staged rows, in the attached file `rows`. */
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
  'CREATE INDEX IF NOT EXISTS rows.membership_uuid ON ProgrammeMembership (uuidKey)',
  'CREATE INDEX IF NOT EXISTS rows.membership_person ON ProgrammeMembership (personId)',
  'CREATE INDEX IF NOT EXISTS rows.curriculum_id ON CurriculumMembership (id)',
  'CREATE INDEX IF NOT EXISTS rows.curriculum_uuid ON CurriculumMembership (uuidKey)',
  'CREATE INDEX IF NOT EXISTS rows.doctor_key ON doctorsForDB (key)',
  'CREATE INDEX IF NOT EXISTS rows.recommendation_id ON recommendation (storedId)',
  `CREATE INDEX IF NOT EXISTS rows.recommendation_latest
     ON recommendation (gmcNumber, actualSubmissionDate, gmcSubmissionDate, storedId)`,
  'CREATE INDEX IF NOT EXISTS rows.exception_key ON exceptionLogs (key)',
]
