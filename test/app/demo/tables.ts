import { generate, type BatchOf, type DemoBatch, type DemoOptions } from '../../../src/app/demo/generate.ts'
import type { SourceTable, SourceTables } from '../../../src/ports/source-filling.ts'

/** All rows of the sources at once, for small sizes. */
export type Tables = { readonly [T in SourceTable]: SourceTables[T][] }

export function emptyTables(): Tables {
  return {
    ContactDetails: [],
    GmcDetails: [],
    Person: [],
    Programme: [],
    ProgrammeMembership: [],
    CurriculumMembership: [],
    Placement: [],
    doctorsForDB: [],
    recommendation: [],
    exceptionLogs: [],
  }
}

export function tablesOf(batches: Iterable<DemoBatch>): Tables {
  const tables = emptyTables()
  const add = <T extends SourceTable>({ table, rows }: BatchOf<T>): void => {
    const all: SourceTables[T][] = tables[table]
    all.push(...rows)
  }
  for (const batch of batches) add(batch)
  return tables
}

export function generated(options: DemoOptions): Tables {
  return tablesOf(generate(options))
}
