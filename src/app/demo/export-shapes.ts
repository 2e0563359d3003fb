import { EJSON, ObjectId, type Document } from 'bson'
import { columnsOf, type TcsTable } from '../../domain/tcs-tables.ts'
import type { SourceTable, SourceTables } from '../../ports/source-filling.ts'

/** How one table is written as a file of an export folder. */
export interface ExportShape<T extends SourceTable> {
  /** What precedes the rows: with its line end, or empty. */
  readonly header: string
  /** The line of a row, with its line end. `line` counts the rows of the table from 1. */
  readonly lineOf: (row: SourceTables[T], line: number) => string
}

export const EXPORT_SHAPES: { readonly [T in SourceTable]: ExportShape<T> } = {
  ContactDetails: csv('ContactDetails'),
  GmcDetails: csv('GmcDetails'),
  Person: csv('Person'),
  Programme: csv('Programme'),
  ProgrammeMembership: csv('ProgrammeMembership'),
  CurriculumMembership: csv('CurriculumMembership'),
  Placement: csv('Placement'),
  doctorsForDB: json(doctorDocument),
  recommendation: json(recommendationDocument),
  exceptionLogs: json(({ storedId, errorMessage, timestamp }) => ({
    _id: storedId,
    errorMessage,
    timestamp: timestamp === null ? null : new Date(timestamp),
  })),
}

/** RFC 4180, but for the line ends, which are those of a MySQL client; an empty field is NULL. */
function csv<T extends TcsTable>(table: T): ExportShape<T> {
  const columns = columnsOf(table).map(({ name }) => name)
  return {
    header: `${columns.join(',')}\n`,
    lineOf: (row) => {
      const fields: Readonly<Record<string, CsvValue>> = row
      return `${columns.map((column) => csvField(fields[column] ?? null)).join(',')}\n`
    },
  }
}

type CsvValue = string | number | null

function csvField(value: CsvValue): string {
  if (value === null) return ''
  const text = String(value)
  // White space at the edges is quoted too: some readers trim what is not.
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Relaxed Extended JSON, one document a line, as mongoexport writes it. */
function json<T extends SourceTable>(documentOf: (row: SourceTables[T], line: number) => Document): ExportShape<T> {
  return {
    header: '',
    lineOf: (row, line) => `${EJSON.stringify(documentOf(row, line), { relaxed: true })}\n`,
  }
}

function doctorDocument(row: SourceTables['doctorsForDB'], line: number): Document {
  const { storedId, admin, existsInGmc, ...others } = row
  // Java writes no field that is null, and other writers do: both are met in one collection.
  const explicitNull = line % 8 === 0
  return {
    _id: storedId,
    ...present({
      ...others,
      submissionDate: bsonDate(row.submissionDate),
      dateAdded: bsonDate(row.dateAdded),
      lastUpdatedDate: bsonDate(row.lastUpdatedDate),
    }),
    ...(explicitNull ? { admin, existsInGmc } : present({ admin, existsInGmc })),
    _class: 'uk.nhs.hee.tis.revalidation.entity.DoctorsForDB',
  }
}

function recommendationDocument(row: SourceTables['recommendation']): Document {
  const { storedId, ...others } = row
  return {
    _id: /^[0-9a-f]{24}$/.test(storedId) ? new ObjectId(storedId) : storedId,
    ...present({
      ...others,
      gmcSubmissionDate: bsonDate(row.gmcSubmissionDate),
      actualSubmissionDate: bsonDate(row.actualSubmissionDate),
    }),
    _class: 'uk.nhs.hee.tis.revalidation.entity.Recommendation',
  }
}

/** BSON knows instants only: a day is its midnight in UTC. */
function bsonDate(day: string | null): Date | null {
  return day === null ? null : new Date(`${day}T00:00:00Z`)
}

function present(fields: Document): Document {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}
