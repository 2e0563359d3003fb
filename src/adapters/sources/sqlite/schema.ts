import { join } from 'node:path'
import { STORED_FIELDS } from '../../../domain/doctor.ts'
import { ruleColumns, TCS_TABLE_NAMES } from '../../../domain/tcs-tables.ts'

const POSITIONS = TCS_TABLE_NAMES.flatMap(ruleColumns).length + STORED_FIELDS.length
/** Counts the columns: a new one moves the values after it, and older sources hold nothing of it. */
export const LAYOUT_VERSION = 2 + POSITIONS

/**
 * `sources.sqlite`. What is read of a person or doctor is joined once, when the sources are filled, and
 * kept as one record: reading it needs neither joins nor a row for each curriculum. Positions count from 1 without gaps,
 * in the order of trimmed GMC numbers, those without one first. A key is a GMC number, or a document's `_id` that is not
 * one.
 */
export const LAYOUT = `
  CREATE TABLE filling (edition TEXT NOT NULL);
  CREATE TABLE trainee (position INTEGER PRIMARY KEY, personId INTEGER NOT NULL, number TEXT, record TEXT NOT NULL);
  CREATE TABLE doctor (position INTEGER PRIMARY KEY, key TEXT NOT NULL, record TEXT NOT NULL);
  CREATE TABLE recommendation (storedId TEXT PRIMARY KEY, gmcNumber TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE exception (position INTEGER PRIMARY KEY, key TEXT NOT NULL, record TEXT NOT NULL);
`

/** The indexes of the layout, created once all records are there: sorting them at once is faster than keeping them sorted. */
export const RECORD_INDEXES: readonly string[] = [
  'CREATE INDEX IF NOT EXISTS main.trainee_person ON trainee (personId)',
  'CREATE INDEX IF NOT EXISTS main.trainee_number ON trainee (number)',
  'CREATE INDEX IF NOT EXISTS main.doctor_key ON doctor (key)',
  'CREATE INDEX IF NOT EXISTS main.exception_key ON exception (key)',
]

/**
 * One table of `sources.sqlite`, its writing and its reading side by side. A record is kept as a JSON array of its
 * fields without their names: read in a batch, it is twice as fast as the same record as a JSON object.
 *
 * `Fields` is that array's type. What a file of this layout version holds was put there by `fill`: its shape is not
 * checked again.
 */
export interface RecordKind<Fields extends readonly unknown[], Row> {
  readonly table: 'trainee' | 'doctor' | 'exception'
  /**
   * The statement that makes all records (schema `main`) of the staged rows (schema `rows`), in the order of trimmed
   * GMC numbers. `json(…)` around what is JSON already keeps SQLite from quoting it as a text.
   */
  readonly fill: string
  readonly rowOf: (fields: Fields) => Row
}

/** The location of the embedded sources. */
export interface SourcesOptions {
  /** The data directory. */
  readonly directory: string
}

export function sourcesPath(directory: string): string {
  return join(directory, 'sources.sqlite')
}

export function lockPath(directory: string): string {
  return join(directory, 'sources.lock')
}

/** The files of an uncommitted filling: the new sources, and the staged rows. */
export function fillingPaths(directory: string, name: string): { readonly sources: string; readonly rows: string } {
  return {
    sources: join(directory, `sources.${name}.filling.sqlite`),
    rows: join(directory, `sources.${name}.rows.filling.sqlite`),
  }
}

/** Whether a file of the data directory belongs to some filling. */
export function isFillingFile(file: string): boolean {
  return /^sources\.[0-9a-f]+\.(rows\.)?filling\.sqlite/.test(file)
}
