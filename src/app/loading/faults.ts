import type { SourceTable } from '../../ports/source-filling.ts'
import { EXPORT_FILES } from './export-files.ts'

/** What is wrong with a folder of exports, at one place. */
export interface LoadFault {
  /** The file's path in the folder, parts joined by `/`. */
  readonly file: string
  /** The first line of the row, from 1; null for the file as a whole. */
  readonly line: number | null
  /** The column by its header, or the field of the document; null for the row as a whole. */
  readonly column: string | null
  readonly reason: string
}

/** An error in a row, or in a file if the line is null. */
export type FaultInFile = Omit<LoadFault, 'file'>

/** The maximum of listed errors: more than anyone corrects before loading again, and small in memory. */
export const MOST_FAULTS = 1_000

/** The faults of a folder: all of them counted, the first ones in the order of file and line kept. */
export class FaultList {
  #kept: LoadFault[] = []
  #total = 0

  get total(): number {
    return this.#total
  }

  add(table: SourceTable, fault: FaultInFile): void {
    this.#total += 1
    this.#kept.push({ file: EXPORT_FILES[table], ...fault })
    // Errors arrive in the order of reading: now and then the list is sorted and cut.
    if (this.#kept.length >= 2 * MOST_FAULTS) this.#kept = this.first()
  }

  /** The first faults by file and line, at most `MOST_FAULTS`. */
  first(): LoadFault[] {
    return this.#kept.toSorted(compareFaults).slice(0, MOST_FAULTS)
  }
}

function compareFaults(a: LoadFault, b: LoadFault): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1
  return (a.line ?? 0) - (b.line ?? 0)
}
