import type { SourceTable } from '../../ports/source-filling.ts'
import { EXPORT_FILES } from './export-files.ts'

/** What is wrong with a folder of exports, at one place. */
export interface LoadFault {
  /** The file's path in the folder, parts joined by `/`. */
  readonly file: string
  /** The line on which the row begins, from 1; null where the file as a whole is meant. */
  readonly line: number | null
  /** The column by its header, or the field of the document; null where the row as a whole is meant. */
  readonly column: string | null
  readonly reason: string
}

/** What is wrong with one row, or with a file where the line is null. */
export type FaultInFile = Omit<LoadFault, 'file'>

/** How many faults are kept: more than anybody corrects before loading again, and few enough for any memory. */
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
    // Faults come in the order of reading, which is not theirs: now and then the list is put in order and cut.
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
