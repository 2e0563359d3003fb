import type { Installation, KeptGeneration, RunId } from '../../../ports/run-ledger.ts'

/** Which two generations the preview of a run compares, and why. */
export type PreviewOf =
  /** It is held back: what would change. */
  | { readonly kind: 'held back'; readonly before: KeptGeneration; readonly after: KeptGeneration }
  /** It is live: what it changed. */
  | { readonly kind: 'live'; readonly before: KeptGeneration; readonly after: KeptGeneration }
  /** It was live before: what going back to it would change. */
  | { readonly kind: 'previous'; readonly before: KeptGeneration; readonly after: KeptGeneration }
  /** It is held back, and nothing is live to compare it with. */
  | { readonly kind: 'first' }
  /** It still builds its generation. */
  | { readonly kind: 'in progress' }
  /** Its generation, or the one to compare it with, is not kept. */
  | { readonly kind: 'gone' }

export function previewOf(
  run: RunId,
  { live, previous, heldBack, currentRun }: Pick<Installation, 'live' | 'previous' | 'heldBack' | 'currentRun'>,
): PreviewOf {
  if (currentRun?.id === run) return { kind: 'in progress' }
  if (heldBack?.run === run)
    return live === null ? { kind: 'first' } : { kind: 'held back', before: live, after: heldBack }
  if (live?.run === run && previous !== null) return { kind: 'live', before: previous, after: live }
  if (previous?.run === run && live !== null) return { kind: 'previous', before: live, after: previous }
  return { kind: 'gone' }
}
