import type { Day } from '../../domain/day.ts'
import type { SyncSettings } from '../context.ts'
import type { KeyScope } from './key-scope.ts'
import { readSources, type KeyedSources, type SourceRecords } from './source-reading.ts'
import { NOTHING_WANTED, wantedRows, type WantedRows } from './wanted-rows.ts'

/** A generation whose rows are read for a scope. */
export interface ScopedTarget {
  readonly day: Day
  /** Null until it is over, as it is with its first error. */
  readonly result: PromiseSettledResult<unknown> | null
  /** Whether all rows of the scope were read. */
  isRead(scope: KeyScope): boolean
  /** Reads the others, and adds their keys to the scope. Never rejects: an error is the result. */
  read(scope: KeyScope): Promise<void>
}

/** What was read for a scope, and the rows that follow from it. */
export interface ReadScope<Target extends ScopedTarget> {
  readonly records: SourceRecords
  /** The generations that were read, with the rows that the sources require on their day. */
  readonly read: readonly { readonly target: Target; readonly wanted: WantedRows }[]
}

/**
 * Reads the rows of all targets, then the sources, until no key is added: the records are newer than all rows. Null once
 * every target has its result. Rejects if the sources cannot be read.
 */
export async function readScope<Target extends ScopedTarget>(
  targets: readonly Target[],
  scope: KeyScope,
  sources: KeyedSources,
  settings: Pick<SyncSettings, 'trainees' | 'bodies'>,
): Promise<ReadScope<Target> | null> {
  for (;;) {
    for (;;) {
      const unread = unfinished(targets).filter((target) => !target.isRead(scope))
      if (unread.length === 0) break
      await Promise.all(unread.map((target) => target.read(scope)))
    }
    const open = unfinished(targets)
    if (open.length === 0) return null
    const { size } = scope
    const records = await readSources(sources, scope)
    if (scope.size !== size) continue
    const days = new Set(open.map(({ day }) => day))
    const wanted = new Map([...days].map((day) => [day, wantedRows(scope, records, day, settings)]))
    return { records, read: open.map((target) => ({ target, wanted: wanted.get(target.day) ?? NOTHING_WANTED })) }
  }
}

export function unfinished<Target extends ScopedTarget>(targets: readonly Target[]): readonly Target[] {
  return targets.filter(({ result }) => result === null)
}
