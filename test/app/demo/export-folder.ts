import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EJSON, ObjectId, type Document } from 'bson'
import { parse } from 'csv-parse/sync'
import type { SourceTables } from '../../../src/ports/source-filling.ts'
import type { Tables } from './tables.ts'

/** Reads a whole export folder with the readers' own libraries and no rule of `load`. */
export function readExportFolder(folder: string): Tables {
  const csv = (table: string, numeric: readonly string[]): unknown[] =>
    parse(readFileSync(join(folder, 'tcs', `${table}.csv`)), {
      columns: true,
      cast: (value, { header, column }) =>
        header ? value : value === '' ? null : numeric.includes(String(column)) ? Number(value) : value,
    })
  const documents = (file: string): Document[] =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => EJSON.parse(line) as Document)

  return {
    // What a file holds is unknown to the compiler; the tests compare it.
    ContactDetails: csv('ContactDetails', ['id']) as SourceTables['ContactDetails'][],
    GmcDetails: csv('GmcDetails', ['id']) as SourceTables['GmcDetails'][],
    Person: csv('Person', ['id']) as SourceTables['Person'][],
    Programme: csv('Programme', ['id']) as SourceTables['Programme'][],
    ProgrammeMembership: csv('ProgrammeMembership', [
      'personId',
      'programmeId',
    ]) as SourceTables['ProgrammeMembership'][],
    CurriculumMembership: csv('CurriculumMembership', [
      'id',
      'personId',
      'curriculumId',
    ]) as SourceTables['CurriculumMembership'][],
    // An export may lack it.
    Placement: existsSync(join(folder, 'tcs/Placement.csv'))
      ? (csv('Placement', ['traineeId', 'gradeId']) as SourceTables['Placement'][])
      : [],
    doctorsForDB: documents('gmc/doctorsForDB.jsonl').map((each) => ({
      storedId: text(each['_id']) ?? '',
      doctorFirstName: text(each['doctorFirstName']),
      doctorLastName: text(each['doctorLastName']),
      submissionDate: day(each['submissionDate']),
      dateAdded: day(each['dateAdded']),
      underNotice: text(each['underNotice']),
      sanction: text(each['sanction']),
      doctorStatus: text(each['doctorStatus']),
      lastUpdatedDate: day(each['lastUpdatedDate']),
      designatedBodyCode: text(each['designatedBodyCode']),
      admin: text(each['admin']),
      existsInGmc: typeof each['existsInGmc'] === 'boolean' ? each['existsInGmc'] : null,
    })),
    recommendation: documents('gmc/recommendation.jsonl').map((each) => ({
      storedId: text(each['_id']) ?? '',
      gmcNumber: text(each['gmcNumber']),
      outcome: text(each['outcome']),
      recommendationType: text(each['recommendationType']),
      recommendationStatus: text(each['recommendationStatus']),
      gmcSubmissionDate: day(each['gmcSubmissionDate']),
      actualSubmissionDate: day(each['actualSubmissionDate']),
      gmcRevalidationId: text(each['gmcRevalidationId']),
      admin: text(each['admin']),
    })),
    exceptionLogs: documents('connection/exceptionLogs.jsonl').map((each) => ({
      storedId: text(each['_id']) ?? '',
      errorMessage: text(each['errorMessage']),
      timestamp: instant(each['timestamp']),
    })),
  }
}

function text(value: unknown): string | null {
  if (value instanceof ObjectId) return value.toHexString()
  return typeof value === 'string' ? value : null
}

function instant(value: unknown): string | null {
  return value instanceof Date ? value.toISOString().replace('.000Z', 'Z') : null
}

function day(value: unknown): string | null {
  return instant(value)?.replace(/T00:00:00Z$/, '') ?? null
}
