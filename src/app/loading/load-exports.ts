import { stat } from 'node:fs/promises'
import { RevalError } from '../../errors/reval-error.ts'
import type { FillableSources, IntegrityViolation, SourceFilling, SourceTable } from '../../ports/source-filling.ts'
import { EXPORT_FILES } from './export-files.ts'
import { exportedRows } from './export-table.ts'
import { FaultList, type LoadFault } from './faults.ts'
import { OddValueCounts, type OddValues } from './odd-values.ts'
import { UnreadableExport } from './unreadable-export.ts'

/** How far a load is: rows of one file so far. */
export interface LoadProgress {
  /** The file's path in the folder. */
  readonly file: string
  readonly rows: number
}

export interface LoadOptions {
  readonly onProgress?: (progress: LoadProgress) => void
  /** Aborted, the load stops between two batches with the signal's reason; the sources stay as they were. */
  readonly signal?: AbortSignal
}

export interface LoadResult {
  /** How many rows each table has now. */
  readonly loaded: Readonly<Record<SourceTable, number>>
  /** Suspicious values, which were loaded anyway. */
  readonly odd: readonly OddValues[]
}

/** The details of a LOAD_REFUSED: the first faults by file and line, and how many there are in all. */
export interface LoadRefusal {
  readonly faults: readonly LoadFault[]
  readonly total: number
  /** References that could not be judged, because rows that they may refer to could not be read. */
  readonly unjudged: number
}

/** What these columns refer to. */
const REFERRED: Readonly<Record<string, SourceTable>> = {
  'ProgrammeMembership.personId': 'ContactDetails',
  'ProgrammeMembership.programmeId': 'Programme',
  'CurriculumMembership.programmeMembershipUuid': 'ProgrammeMembership',
}

/**
 * Replaces the sources by a folder of exports: TCS tables as CSV, collections as JSON lines. All of it is checked
 * before anything is replaced: rejects LOAD_REFUSED with `LoadRefusal` as details, and what the filling rejects with
 * (DATA_DIR_IN_USE, DISK_FULL …); the sources are then as they were. Memory stays flat however large the exports are.
 */
export async function loadExports(
  folder: string,
  sources: Pick<FillableSources, 'begin'>,
  options: LoadOptions = {},
): Promise<LoadResult> {
  await refuseNoFolder(folder)
  const filling = await sources.begin()
  try {
    const faults = new FaultList()
    const odd = new OddValueCounts()
    const loaded: Partial<Record<SourceTable, number>> = {}
    const unread = new Set<SourceTable>()
    for (const table of TABLES) {
      const { rows, complete } = await fillTable(folder, table, { filling, faults, odd }, options)
      loaded[table] = rows
      if (!complete) unread.add(table)
    }
    let unjudged = 0
    for await (const row of filling.violations()) {
      options.signal?.throwIfAborted()
      if (isUnjudged(row, unread)) unjudged += 1
      else faults.add(row.table, { line: row.line, column: row.column, reason: row.reason })
    }
    if (faults.total > 0) throw refusal(folder, { faults: faults.first(), total: faults.total, unjudged })
    await filling.commit()
    // Each table was counted above.
    return { loaded: loaded as Record<SourceTable, number>, odd: odd.all() }
  } finally {
    await filling.abandon()
  }
}

// The keys of a record that has all tables.
const TABLES = Object.keys(EXPORT_FILES) as SourceTable[]

interface Taking {
  readonly filling: SourceFilling
  readonly faults: FaultList
  readonly odd: OddValueCounts
}

/** Resolves with how many rows were filled, and whether that is every row of the file. */
async function fillTable(
  folder: string,
  table: SourceTable,
  { filling, faults, odd }: Taking,
  { onProgress, signal }: LoadOptions,
): Promise<{ rows: number; complete: boolean }> {
  let rows = 0
  let complete = true
  try {
    for await (const batch of exportedRows(folder, table, (fault) => faults.add(table, fault))) {
      signal?.throwIfAborted()
      for (const row of batch) {
        row.faults.forEach((fault) => faults.add(table, fault))
        odd.add(table, row)
      }
      const filled = batch.flatMap(({ line, values }) => (values === null ? [] : [{ line, values }]))
      await filling.add(table, filled)
      rows += filled.length
      if (filled.length < batch.length) complete = false
      onProgress?.({ file: EXPORT_FILES[table], rows })
    }
    return { rows, complete }
  } catch (error) {
    if (!(error instanceof UnreadableExport)) throw error
    error.faults.forEach((fault) => faults.add(table, fault))
    return { rows, complete: false }
  }
}

/**
 * Whether a row may seem to refer to nothing only because what it refers to could not be read: that is one fault, and
 * not one more for each row that refers to it.
 */
function isUnjudged(row: IntegrityViolation, unread: ReadonlySet<SourceTable>): boolean {
  const referred = REFERRED[`${row.table}.${row.column}`]
  return referred !== undefined && unread.has(referred)
}

async function refuseNoFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null)
  if (found?.isDirectory() === true) return
  const reason = found === null ? 'no such directory' : 'not a directory'
  throw refusal(folder, { faults: [{ file: folder, line: null, column: null, reason }], total: 1, unjudged: 0 })
}

function refusal(folder: string, details: LoadRefusal): RevalError {
  const { faults, total, unjudged } = details
  const counted = total === 1 ? '1 error' : `${total} errors`
  const listed = total > faults.length ? `${counted}, first ${faults.length} shown` : counted
  const beside = unjudged === 0 ? '' : `; ${unjudged} references to unreadable rows were not checked`
  return new RevalError('LOAD_REFUSED', `${folder}: ${listed}${beside}`, { details: { ...details } })
}
