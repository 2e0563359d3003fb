import { RevalError } from '../../errors/reval-error.ts'
import type { ErasureResult } from '../../ports/erasure.ts'
import type { SyncContext } from '../context.ts'
import { awaitAnswer, postRequest, removeRequest } from '../lead/writer-request.ts'
import { meantBy } from './erased-keys.ts'

export interface ErasureRequest {
  /** A person id, a GMC number, or the id of a row. */
  readonly key: string
  readonly by: string
  /** Recorded; it should not name the person. */
  readonly why: string
  readonly timeoutMs: number
}

/**
 * Asks the writer to erase a person, and resolves with what it did; `wake` is called after the request. Rejects USAGE without
 * a reason or a possible key, with the code of a refusal, or as `awaitAnswer` does.
 */
export async function askErasure(
  context: Pick<SyncContext, 'ledger' | 'clock' | 'newId'>,
  { key, by, why, timeoutMs }: ErasureRequest,
  signal: AbortSignal,
  wake: () => void = () => undefined,
): Promise<ErasureResult> {
  if (why.trim() === '') throw new RevalError('USAGE', 'why: a reason is required to erase')
  meantBy(key)
  const id = await postRequest(context, { kind: 'erase', scope: { keys: [key] }, by, why })
  wake()
  const { erasure } = await awaitAnswer(context, id, timeoutMs, signal)
  await removeRequest(context, id)
  if (erasure === undefined) throw new RevalError('GENERATION_VERSION', 'the writer cannot erase yet')
  return erasure
}
