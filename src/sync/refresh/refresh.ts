import type { Day } from '../../domain/day.ts'
import type { GenerationId } from '../../ports/index-store.ts'
import type { ChangedKey } from '../../ports/run-workspace.ts'

/** A generation to refresh rows in, and the day that its rows are for. */
export interface RefreshTarget {
  readonly generation: GenerationId
  readonly day: Day
}

/**
 * Reads these keys from the sources again and updates their rows in the generation. Idempotent. Source:
 * docs/decisions/16-refreshing.md.
 */
export type RefreshKeys = (target: RefreshTarget, keys: readonly ChangedKey[]) => Promise<void>
