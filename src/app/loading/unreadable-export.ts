import type { FaultInFile } from './faults.ts'

/** A file whose rows cannot be read, from some point on; `faults` are the reasons. The rest is not checked. */
export class UnreadableExport extends Error {
  override readonly name = 'UnreadableExport'
  readonly faults: readonly FaultInFile[]

  constructor(faults: readonly FaultInFile[], options?: { readonly cause: unknown }) {
    super(faults.map(({ reason }) => reason).join('; '), options)
    this.faults = faults
  }
}
