import { storesOf } from '../sync/failures/find-failures.ts'
import type { ExplainContext } from '../sync/explain/explain.ts'
import type { Worker } from './worker.ts'

/** What a process with a worker explains with. */
export function explainContext({ context, sources }: Pick<Worker, 'context' | 'sources'>): ExplainContext {
  const { ledger, store, clock, settings } = context
  return {
    ledger,
    store,
    clock,
    settings,
    sources: { trainees: sources.traineeSource, doctors: sources.doctorSource, exceptions: sources.exceptionSource },
    letters: () => Promise.resolve({ broker: context.broker, queues: storesOf(context).queues }),
  }
}
