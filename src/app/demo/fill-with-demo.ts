import { setImmediate } from 'node:timers/promises'
import { RevalError } from '../../errors/reval-error.ts'
import type { FillableSources, SourceFilling, SourceTable } from '../../ports/source-filling.ts'
import { generate, type BatchOf, type DemoOptions } from './generate.ts'
import { personCount } from './persons.ts'

/** How many rows each table has. */
export type TableCounts = Readonly<Record<SourceTable, number>>

/** Persons and doctors generated so far, and in total; their other rows come with them. */
export interface DemoProgress {
  readonly done: number
  readonly of: number
}

export const NO_ROWS: TableCounts = {
  ContactDetails: 0,
  GmcDetails: 0,
  Person: 0,
  Programme: 0,
  ProgrammeMembership: 0,
  CurriculumMembership: 0,
  Placement: 0,
  doctorsForDB: 0,
  recommendation: 0,
  exceptionLogs: 0,
}

/**
 * Replaces the sources by generated ones, in one step at the end; resolves with the rows of each table. Rejects USAGE
 * for options that are none, what filling rejects, and the reason of `signal` when it is aborted: the sources are then
 * as they were.
 */
export async function fillWithDemo(
  sources: Pick<FillableSources, 'begin'>,
  options: DemoOptions,
  onProgress?: (progress: DemoProgress) => void,
  signal?: AbortSignal,
): Promise<TableCounts> {
  const batches = generate(options)
  const filling = await sources.begin()
  try {
    const counts = { ...NO_ROWS }
    const of = personCount(options.doctors) + options.doctors
    for (const batch of batches) {
      // Generating never waits. This lets interrupts and progress through.
      await setImmediate()
      signal?.throwIfAborted()
      await add(filling, batch, counts[batch.table])
      counts[batch.table] += batch.rows.length
      onProgress?.({ done: counts.ContactDetails + counts.doctorsForDB, of })
    }
    await refuseViolations(filling)
    signal?.throwIfAborted()
    await filling.commit()
    return counts
  } finally {
    // Nothing after a commit.
    await filling.abandon()
  }
}

async function add<T extends SourceTable>(filling: SourceFilling, batch: BatchOf<T>, before: number): Promise<void> {
  await filling.add(
    batch.table,
    batch.rows.map((values, index) => ({ line: before + index + 1, values })),
  )
}

/** Generated rows break no rule; they are checked anyway, like loaded rows. */
async function refuseViolations(filling: SourceFilling): Promise<void> {
  for await (const { table, line, column, reason } of filling.violations()) {
    throw new RevalError('INTERNAL', `generated row ${line} of ${table} breaks a rule: ${column}: ${reason}`, {
      details: { table, line, column },
    })
  }
}
