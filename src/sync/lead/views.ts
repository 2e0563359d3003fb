import { RevalError } from '../../errors/reval-error.ts'
import { hasViews, type GenerationId } from '../../ports/index-store.ts'
import { listWriters } from '../../ports/peers.ts'
import { findGeneration } from '../generations.ts'
import type { WriterContext } from '../lease/writer.ts'

/**
 * Rejects GENERATION_HAS_VIEWS if the lists of a generation are views while Java services write lists: it was built before the
 * settings were changed. With each changed row, they would write and delete rows of its master index.
 */
export async function refuseViews(
  { store, settings }: Pick<WriterContext, 'store' | 'settings'>,
  generation: GenerationId,
): Promise<void> {
  const writers = listWriters(settings.javaPeers)
  if (writers.length === 0) return
  const found = await findGeneration(store, generation)
  if (found === undefined || !hasViews(found)) return
  const reason = `the lists of ${generation} are views, but a Java ${writers.join(' and ')} writes its lists`
  throw new RevalError('GENERATION_HAS_VIEWS', reason)
}
