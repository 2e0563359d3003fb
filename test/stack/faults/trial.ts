import type { Stage } from '../../../src/ports/run-ledger.ts'

/** When a fault happens: in a stage of a run or after it, or while changes are refreshed and no run is in progress. */
export type When = Stage | 'over' | 'changes'

/** A fault at a time, tried once. */
export interface Trial {
  readonly fault: string
  readonly when: When
  /** Documents of the five indexes that were missing or wrong once all was quiet. */
  readonly lost: number
  /** From the end of the fault until everything was live; null where that is not asked. */
  readonly seconds: number | null
}

export function whenText(when: When): string {
  if (when === 'changes') return 'while changes flow'
  return when === 'over' ? 'after a run' : `in ${when}`
}
