import type { Erasure } from '../ports/erasure.ts'
import { instant } from './json/parts.ts'

/** An erasure on record, as a caller sees it. */
export interface ErasureView extends Omit<Erasure, 'at'> {
  readonly at: string
}

export function erasureView(erasure: Erasure): ErasureView {
  return { ...erasure, at: instant(erasure.at) }
}
