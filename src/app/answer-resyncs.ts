import { Conductor } from '../sync/lead/conductor.ts'
import type { WriterContext } from '../sync/lease/writer.ts'
import { createRefresh } from '../sync/refresh/refresh.ts'
import { eraseBeside } from '../sync/erase/erase-beside.ts'
import { resyncsBeside } from '../sync/resync/resyncs.ts'
import type { WorkerBackends } from './backends.ts'

/** How often the inbox is read. */
const POLL_MS = 20

/**
 * Answers requests as the writer, to resync and to erase too, until the signal is aborted. Leads no run and consumes no changes: the
 * next process that runs the services continues a run that was left. Rejects with the error that keeps a request from being
 * answered, unless it is transient: the next writer takes the request again.
 */
export async function answerResyncs(
  writer: WriterContext,
  { traineeSource: trainees, doctorSource: doctors, exceptionSource: exceptions, workspaces }: WorkerBackends,
  signal: AbortSignal,
): Promise<void> {
  const refresh = createRefresh(writer, { trainees, doctors, exceptions })
  const conductor = new Conductor(writer, { workspaces, exceptions, refresh })
  const sources = { trainees, doctors, exceptions }
  const resyncs = resyncsBeside(writer, conductor, { sources, erase: eraseBeside(writer, conductor, sources) })
  const isOver = () => signal.aborted
  try {
    await conductor.prepare()
    while (!isOver()) {
      await conductor.answerOnly()
      if (resyncs.fault !== null) throw resyncs.fault
      await writer.clock.wait(POLL_MS, signal)
    }
  } finally {
    await resyncs.stop()
    await conductor.close()
  }
}
