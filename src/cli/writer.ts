import type { Config } from '../config/config.ts'
import { RevalError } from '../errors/reval-error.ts'
import type { WriterRequest } from '../ports/run-ledger.ts'
import { Conductor } from '../sync/conductor.ts'
import { createRunEvents } from '../sync/events.ts'
import { awaitAnswer, postRequest } from '../sync/writer-request.ts'
import { backendsOf } from '../app/backends.ts'
import { reading } from './reading.ts'
import { newId, syncContext } from '../app/sync-context.ts'

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
    if (!(await backends.isWorkedOn())) await answerHere(config)
    await awaitAnswer(backends, id, ANSWER_TIMEOUT_MS, signal)
  })
}

async function answerHere(config: Config): Promise<void> {
  try {
    const worker = await (await backendsOf()).openWorker(config)
    try {
      await new Conductor(syncContext(config, worker, createRunEvents())).settle()
    } finally {
      await worker.close()
    }
  } catch (error) {
    // A worker that started at this moment has the request before it.
    if (!(error instanceof RevalError) || error.code !== 'DATA_DIR_IN_USE') throw error
  }
}
