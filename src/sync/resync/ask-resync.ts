import { inChunks } from '../../domain/chunks.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { ResyncResult, ResyncScope } from '../../ports/run-ledger.ts'
import type { SyncContext } from '../context.ts'
import { awaitAnswer, postRequest, removeRequest } from '../lead/writer-request.ts'
import { keysOf } from './resync-keys.ts'
import { added, NOTHING_RESYNCED } from './resync-tally.ts'

/** How many keys a resync takes; beyond that, a sync is quicker. */
export const MOST_KEYS = 10_000
/** The keys of one request: the inbox holds it with its answer, and every process reads the inbox. */
const KEYS_PER_REQUEST = 500

export interface ResyncRequest {
  readonly scope: ResyncScope
  readonly by: string
  readonly why: string
  /** How long to wait for all of it. */
  readonly timeoutMs: number
}

/**
 * Asks the writer to refresh these rows now, and resolves with what it did; `wake` is called after each request. Rejects with
 * the code of a refusal; REQUEST_UNANSWERED after the time limit and INTERRUPTED once the signal is aborted: the writer
 * finishes what it was asked.
 */
export async function askResync(
  context: Pick<SyncContext, 'ledger' | 'clock' | 'newId'>,
  { scope, by, why, timeoutMs }: ResyncRequest,
  signal: AbortSignal,
  wake: () => void = () => undefined,
): Promise<ResyncResult> {
  const { clock } = context
  const deadline = clock.monotonic() + timeoutMs
  let result = NOTHING_RESYNCED
  for (const part of partsOf(scope)) {
    const id = await postRequest(context, { kind: 'resync', scope: part, by, why })
    wake()
    try {
      const answer = await awaitAnswer(context, id, Math.max(deadline - clock.monotonic(), 0), signal)
      if (answer.resync === undefined) throw new RevalError('GENERATION_VERSION', 'the writer cannot resync yet')
      result = added(result, answer.resync)
    } catch (error) {
      throw stillUnanswered(error, result.keys, timeoutMs / 1000)
    }
    await removeRequest(context, id)
  }
  return result
}

/** Throws USAGE for too many keys, none, or one that nothing can have. Call it before `askResync` with what an operator wrote. */
export function checkScope(scope: ResyncScope): void {
  if ('body' in scope && scope.body.trim() === '') throw new RevalError('USAGE', 'the code of the body is blank')
  if (!('keys' in scope)) return
  const { length } = scope.keys
  if (length === 0) throw new RevalError('USAGE', 'no keys: expected person ids or GMC numbers')
  if (length > MOST_KEYS) {
    const limit = MOST_KEYS.toLocaleString('en-GB')
    throw new RevalError('USAGE', `${length} keys: at most ${limit} at a time; for more, run a sync`)
  }
  for (const key of scope.keys) keysOf(key)
}

function partsOf(scope: ResyncScope): readonly ResyncScope[] {
  if (!('keys' in scope)) return [scope]
  const [first = [], ...others] = inChunks([...new Set(scope.keys)], KEYS_PER_REQUEST)
  return [
    { keys: first, recommendations: scope.recommendations ?? [] },
    ...others.map((keys) => ({ keys, recommendations: [] })),
  ]
}

function stillUnanswered(error: unknown, done: number, seconds: number): unknown {
  if (!(error instanceof RevalError)) return error
  const what = `${done} keys are done; the writer goes on with what it was asked`
  if (error.code === 'INTERRUPTED') return new RevalError('INTERRUPTED', `stopped waiting: ${what}`)
  if (error.code !== 'REQUEST_UNANSWERED') return error
  return new RevalError('REQUEST_UNANSWERED', `not done within ${seconds} s: ${what}`)
}
