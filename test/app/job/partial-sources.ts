import type { FillableSources, FilledRow, SourceTable } from '../../../src/ports/source-filling.ts'

/** Sources that take only some of the rows they are given. */
export function takingOnly(
  sources: FillableSources,
  keeps: (table: SourceTable, row: FilledRow<SourceTable>) => boolean,
): FillableSources {
  return {
    begin: async () => {
      const filling = await sources.begin()
      return {
        add: (table, rows) =>
          filling.add(
            table,
            rows.filter((row) => keeps(table, row)),
          ),
        violations: () => filling.violations(),
        commit: () => filling.commit(),
        abandon: () => filling.abandon(),
      }
    },
  }
}

const TRAINEE_TABLES: readonly SourceTable[] = [
  'ContactDetails',
  'GmcDetails',
  'Person',
  'ProgrammeMembership',
  'CurriculumMembership',
]
const DOCTOR_TABLES: readonly SourceTable[] = ['doctorsForDB', 'recommendation']

export const noTrainees = (table: SourceTable): boolean => !TRAINEE_TABLES.includes(table)
export const noDoctors = (table: SourceTable): boolean => !DOCTOR_TABLES.includes(table)
export const noReasons = (table: SourceTable): boolean => table !== 'exceptionLogs'
