import { backendsOf, type WorkerBackends } from '../app/backends.ts'
import { newId, syncContext } from '../app/sync-context.ts'
import type { Config } from '../config/config.ts'
import { asRevalError, RevalError } from '../errors/reval-error.ts'
import type { WriterRequest } from '../ports/run-ledger.ts'
import { Conductor } from '../sync/lead/conductor.ts'
import { createRunEvents } from '../sync/events.ts'
import { awaitAnswer, postRequest } from '../sync/lead/writer-request.ts'
import { asWriter, type WriterContext } from '../sync/lease/writer.ts'
import { audited } from './audited.ts'
import { withReader } from './backends.ts'

const ANSWER_TIMEOUT_MS = 30_000

type NewRequest = Pick<WriterRequest, 'run' | 'why'> & { readonly kind: 'cancel' | 'rollback' | 'promote' | 'discard' }

/**
 * Sends a request to the writer and waits for the answer. If no process is active, this one becomes the writer for as
 * long as that takes. Rejects with the code of a refusal.
 */
export async function askWriter(config: Config, request: NewRequest, signal: AbortSignal): Promise<void> {
  await withReader(config, async (backends) => {
    const by = `reval ${request.kind}` as const
    await audited(backends, { what: by, subject: request.run, why: request.why }, async () => {
      const id = await postRequest({ ...backends, newId }, { ...request, by })
      const answered = () => awaitAnswer(backends, id, ANSWER_TIMEOUT_MS, signal)
      if (await backends.hasActiveWriter()) await answered()
      else await answerHere(config, answered)
    })
  })
}

/** Answers the request as the writer, unless another process does first. */
async function answerHere(config: Config, answered: () => Promise<unknown>): Promise<void> {
  const over = new AbortController()
  const here = withWriterLease(config, over.signal, (context) => new Conductor(context, null).answerOnly())
  const answer = answered()
  try {
    await Promise.race([answer, here.then(() => answer)])
  } finally {
    over.abort()
    await here
  }
}

/**
 * Runs `work` in this process once it holds the writer's lease. Resolves with false if another process holds the lease
 * until the signal is aborted.
 */
export async function withWriterLease(
  config: Config,
  signal: AbortSignal,
  work: (context: WriterContext, backends: WorkerBackends) => Promise<void>,
): Promise<boolean> {
  let worker
  try {
    worker = await (await backendsOf(config)).openWorker(config, [])
  } catch (error) {
    if (error instanceof RevalError && error.code === 'DATA_DIR_IN_USE') return false
    throw error
  }
  try {
    const context = syncContext(config, worker, createRunEvents())
    const over = new AbortController()
    let isDone = false
    await asWriter(context, AbortSignal.any([signal, over.signal]), async (writer) => {
      try {
        await work(writer, worker)
        isDone = true
        over.abort()
      } catch (error) {
        // What is refused is not tried again. Then the lease is released, so that the next command need not wait until it expires.
        if (!isTriedAgain(asRevalError(error))) over.abort()
        throw error
      }
    })
    return isDone
  } finally {
    await worker.close()
  }
}

/** After these, the lease is acquired again: the server was away, or another process took over. */
function isTriedAgain({ transient, code }: RevalError): boolean {
  return transient || code === 'LEDGER_CONFLICT' || code === 'WRITER_LOST'
}
