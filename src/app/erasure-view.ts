import type { Erasure } from '../ports/erasure.ts'

/** An erasure on record, as a caller sees it. */
export interface ErasureView extends Omit<Erasure, 'at'> {
  readonly at: string
}

export function erasureView(erasure: Erasure): ErasureView {
  return { ...erasure, at: new Date(erasure.at).toISOString() }
}
