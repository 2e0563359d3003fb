import type { SourceTable } from '../../ports/source-filling.ts'

/** The file of each table in a folder of exports. */
export const EXPORT_FILES: Readonly<Record<SourceTable, string>> = {
  ContactDetails: 'tcs/ContactDetails.csv',
  GmcDetails: 'tcs/GmcDetails.csv',
  Person: 'tcs/Person.csv',
  Programme: 'tcs/Programme.csv',
  ProgrammeMembership: 'tcs/ProgrammeMembership.csv',
  CurriculumMembership: 'tcs/CurriculumMembership.csv',
  Placement: 'tcs/Placement.csv',
  doctorsForDB: 'gmc/doctorsForDB.jsonl',
  recommendation: 'gmc/recommendation.jsonl',
  exceptionLogs: 'connection/exceptionLogs.jsonl',
}
