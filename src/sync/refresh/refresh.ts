import type { Day } from '../../domain/day.ts'
import type { GenerationId } from '../../ports/index-store.ts'
import type { ChangedKey } from '../../ports/run-workspace.ts'

/** A generation that rows are refreshed in, and the day that its rows are for. */
export interface RefreshTarget {
  readonly generation: GenerationId
  readonly day: Day
}

/**
 * Reads these keys afresh from the sources and brings the generation to them. Applied again it writes nothing. Source:
 * design, "Live changes".
 */
export type RefreshKeys = (target: RefreshTarget, keys: readonly ChangedKey[]) => Promise<void>
