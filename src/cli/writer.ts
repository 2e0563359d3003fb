import { backendsOf } from '../app/backends.ts'
import { newId, syncContext } from '../app/sync-context.ts'
import type { Config } from '../config/config.ts'
import { RevalError } from '../errors/reval-error.ts'
import type { WriterRequest } from '../ports/run-ledger.ts'
import { Conductor } from '../sync/conductor.ts'
import type { SyncContext } from '../sync/context.ts'
import { createRunEvents } from '../sync/events.ts'
import { awaitAnswer, postRequest } from '../sync/writer-request.ts'
import { asWriter } from '../sync/writer.ts'
import { reading } from './reading.ts'

const ANSWER_TIMEOUT_MS = 30_000

type Asking = Pick<WriterRequest, 'kind' | 'run' | 'why'>

/**
 * Has the writer do something: the process that works on the installation when there is one, else this one, for as
 * long as that takes. Rejects with the code of a refusal.
 */
export async function askWriter(config: Config, asking: Asking, signal: AbortSignal): Promise<void> {
  await reading(config, async (backends) => {
    const by = `reval ${asking.kind}`
    const id = await postRequest({ ...backends, newId }, { ...asking, by })
    const answered = () => awaitAnswer(backends, id, ANSWER_TIMEOUT_MS, signal)
    if (await backends.isWorkedOn()) await answered()
    else await answerHere(config, answered)
  })
}

/** Answers what was asked as the writer, until the answer is there: another process may be it by then. */
async function answerHere(config: Config, answered: () => Promise<void>): Promise<void> {
  await asWriterHere(config, async (context) => new Conductor(context).settle(), answered)
}

/**
 * Does something with the right to write, in this process; where another one turns up that has it, that is not waited
 * for longer than `meanwhile` lasts.
 */
export async function asWriterHere(
  config: Config,
  work: (context: SyncContext) => Promise<void>,
  meanwhile: () => Promise<void>,
): Promise<void> {
  let worker
  try {
    worker = await (await backendsOf(config)).openWorker(config, [])
  } catch (error) {
    // A worker that started at this moment has the request before it.
    if (error instanceof RevalError && error.code === 'DATA_DIR_IN_USE') return meanwhile()
    throw error
  }
  const done = new AbortController()
  try {
    const context = syncContext(config, worker, createRunEvents())
    const writing = asWriter(context, done.signal, async () => {
      try {
        await work(context)
      } finally {
        done.abort()
      }
    })
    await Promise.race([meanwhile().finally(() => done.abort()), writing.then(meanwhile)])
    await writing
  } finally {
    done.abort()
    await worker.close()
  }
}
