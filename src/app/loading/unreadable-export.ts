import type { FaultInFile } from './faults.ts'

/** A file of which the rest, or all, cannot be read as rows; `faults` say why. What it holds beyond is not judged. */
export class UnreadableExport extends Error {
  override readonly name = 'UnreadableExport'
  readonly faults: readonly FaultInFile[]

  constructor(faults: readonly FaultInFile[], options?: { readonly cause: unknown }) {
    super(faults.map(({ reason }) => reason).join('; '), options)
    this.faults = faults
  }
}
