import type { ErasureResult } from '../../ports/erasure.ts'
import type { WriterRequest } from '../../ports/run-ledger.ts'
import type { Conductor } from '../lead/conductor.ts'
import type { WriterContext } from '../lease/writer.ts'
import type { KeyedSources } from '../refresh/source-reading.ts'
import { erase } from './erase.ts'

/** Erases the person that a request names, between two batches of the changes that a conductor leads. Rejects as `erase` does. */
export function eraseBeside(
  context: WriterContext,
  { changes }: Pick<Conductor, 'changes'>,
  sources: KeyedSources | null,
): (request: WriterRequest) => Promise<ErasureResult> {
  return (request) => {
    const [key = ''] = request.scope !== null && 'keys' in request.scope ? request.scope.keys : []
    return changes.run(() => erase(context, sources, request, key))
  }
}
