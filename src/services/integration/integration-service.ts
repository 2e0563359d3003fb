import { traineeRowId, doctorRowId } from '../../domain/row.ts'
import { decodeDoctors } from '../../messages/doctor.ts'
import { decodeTrainees } from '../../messages/trainee.ts'
import type { Consumer } from '../../ports/broker.ts'
import { applyDoctors, applyTrainees } from '../../sync/receive/apply-snapshot.ts'
import { Conductor } from '../../sync/lead/conductor.ts'
import type { SyncContext } from '../../sync/context.ts'
import { Receiver } from '../../sync/receive/receiver.ts'
import { asWriter } from '../../sync/lease/writer.ts'
import type { Service } from '../service.ts'

export interface IntegrationService extends Service {
  /** Tells the writer, if it is this process, that the ledger has something for it. */
  wake(): void
  /** Settles when the writer's work has ended for good: rejects with why it could not go on. */
  readonly ended: Promise<void>
}

/**
 * Integration leads the run, and fills the generation from the trainees and doctors that come. Of several processes
 * one is the writer; the others stand by.
 */
export function createIntegrationService(context: SyncContext): IntegrationService {
  const stopping = new AbortController()
  const ended = Promise.withResolvers<undefined>()
  // Whoever cares awaits `ended`; a service that was never started leaves it pending.
  ended.promise.catch(() => undefined)
  let conductor: Conductor | null = null
  let writing: Promise<void> | null = null

  const write = async (signal: AbortSignal): Promise<void> => {
    const leading = new Conductor(context)
    conductor = leading
    const consumers: Consumer[] = []
    try {
      await leading.prepare()
      consumers.push(await traineeReceiver(context, leading).start())
      consumers.push(await doctorReceiver(context, leading).start())
      await leading.conduct(signal)
    } finally {
      conductor = null
      await Promise.all(consumers.map((consumer) => consumer.stop()))
    }
  }

  return {
    name: 'integration',
    dependencies: [
      { name: 'broker', ping: () => context.broker.ping() },
      { name: 'ledger', ping: () => context.ledger.ping() },
      { name: 'index store', ping: () => context.store.ping() },
    ],
    ended: ended.promise,
    wake: () => conductor?.moved(),
    start: async () => {
      writing = asWriter(context, stopping.signal, write).then(ended.resolve as () => void, ended.reject)
    },
    stop: async () => {
      stopping.abort()
      await writing
    },
  }
}

function traineeReceiver(context: SyncContext, run: Conductor) {
  return new Receiver(
    context,
    {
      stage: 'trainees',
      queue: 'traineeData',
      decode: decodeTrainees,
      keyOf: (trainee) => traineeRowId(trainee.tcsPersonId),
      apply: (generation, trainees) => applyTrainees(context.store, generation, trainees),
    },
    run,
  )
}

function doctorReceiver(context: SyncContext, run: Conductor) {
  return new Receiver(
    context,
    {
      stage: 'doctors',
      queue: 'doctorData',
      decode: decodeDoctors,
      keyOf: ({ doctor }) => doctorRowId(doctor.gmcReferenceNumber),
      apply: (generation, doctors) => applyDoctors(context.store, generation, doctors),
    },
    run,
  )
}
