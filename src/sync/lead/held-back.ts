import type { RevalError } from '../../errors/reval-error.ts'
import type { Installation, Run, RunEnd, RunId } from '../../ports/run-ledger.ts'
import type { WriterContext } from '../lease/writer.ts'
import { readInstallation } from '../records.ts'

/** How an error ends a run. If an index has the name of an alias, the generation can be promoted once that is gone. */
export function endAfter({ code }: RevalError): RunEnd {
  return code === 'ALIAS_NAME_TAKEN' ? 'held back' : 'failed'
}

/**
 * A run as it ends. One generation can be held back at a time, and a preview that a person asked for makes way only for
 * another: beside one, a run of another purpose that would be held back has failed, and its generation is dropped.
 */
export async function withoutPlaceForIt({ ledger }: WriterContext, run: Run): Promise<Run> {
  const { failure, state, purpose } = run
  if (state !== 'held back' || purpose === 'preview' || failure === null) return run
  const preview = await keptPreview(ledger, await readInstallation(ledger))
  if (preview === null) return run
  const reason = `${failure.reason}; its generation was dropped, because preview ${preview} is kept`
  return { ...run, state: 'failed', failure: { ...failure, reason } }
}

/** The preview that is held back and can be promoted; null if there is none. */
async function keptPreview(
  ledger: WriterContext['ledger'],
  { heldBack, stale }: Pick<Installation, 'heldBack' | 'stale'>,
): Promise<RunId | null> {
  if (heldBack === null || stale[heldBack.generation] !== undefined) return null
  const held = await ledger.read('run', heldBack.run)
  return held?.value.purpose === 'preview' ? heldBack.run : null
}
