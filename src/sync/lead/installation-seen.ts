import { RevalError } from '../../errors/reval-error.ts'
import type { Installation, RunId } from '../../ports/run-ledger.ts'

/** What decides whether an action still means what it meant when a person looked. */
export interface Seen {
  readonly live: RunId | null
  readonly previous: RunId | null
  readonly heldBack: RunId | null
  readonly current: RunId | null
  /** When the aliases last moved: a rollback and its undoing leave the same generations. */
  readonly movedAt: number | null
}

export type SeenField = keyof Seen

const FIELDS = ['live', 'previous', 'heldBack', 'current', 'movedAt'] as const satisfies readonly SeenField[]

/** Longer than any that `installationSeen` returns. */
export const LONGEST_SEEN = 2_000

/** What is seen of an installation. A generation that is being discarded is not held back any more. */
export function seenOf(
  installation: Pick<Installation, 'live' | 'previous' | 'heldBack' | 'discarding' | 'currentRun' | 'history'>,
): Seen {
  const { live, previous, heldBack, discarding, currentRun, history } = installation
  return {
    live: live?.run ?? null,
    previous: previous?.run ?? null,
    heldBack: discarding === null ? (heldBack?.run ?? null) : null,
    current: currentRun?.id ?? null,
    movedAt: history[0]?.at ?? null,
  }
}

/** The same as an opaque text, for a page to carry; for `WriterRequest.seen` and `requestRun`. */
export function installationSeen(installation: Parameters<typeof seenOf>[0]): string {
  const seen = seenOf(installation)
  return Buffer.from(JSON.stringify(FIELDS.map((field) => seen[field]))).toString('base64url')
}

/** One thing that is another now than it was. */
export interface SeenChange {
  readonly field: SeenField
  readonly was: string | number | null
  readonly now: string | number | null
}

/**
 * What has changed since a person saw the installation; empty if nothing has. A text that is not one of
 * `installationSeen` differs in everything.
 */
export function changedSince(seen: string, installation: Parameters<typeof seenOf>[0]): readonly SeenChange[] {
  const was = read(seen)
  const now = seenOf(installation)
  if (was === null) return FIELDS.map((field) => ({ field, was: null, now: now[field] }))
  return FIELDS.flatMap((field, at) => {
    const before = was[at] ?? null
    return before === now[field] ? [] : [{ field, was: before, now: now[field] }]
  })
}

/** Throws STATE_CHANGED if the installation is not as it was seen; null for no condition. */
export function refuseChanged(seen: string | null, installation: Parameters<typeof seenOf>[0]): void {
  if (seen === null || seen === installationSeen(installation)) return
  const fields = changedSince(seen, installation).map(({ field }) => WORDS[field])
  throw new RevalError('STATE_CHANGED', `changed since the decision: ${fields.join(', ')}`)
}

const WORDS: Readonly<Record<SeenField, string>> = {
  live: 'the live run',
  previous: 'the previous run',
  heldBack: 'the run held back',
  current: 'the run in progress',
  movedAt: 'when the aliases last moved',
}

/** The values in the order of `FIELDS`; null if the text is something else. */
function read(seen: string): readonly (string | number | null)[] | null {
  try {
    const values: unknown = JSON.parse(Buffer.from(seen, 'base64url').toString())
    return Array.isArray(values) && values.length === FIELDS.length && values.every(isValue) ? values : null
  } catch {
    // Not JSON: not ours.
    return null
  }
}

function isValue(value: unknown): value is string | number | null {
  return value === null || typeof value === 'string' || typeof value === 'number'
}
