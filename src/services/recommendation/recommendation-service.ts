import type { Day } from '../../domain/day.ts'
import type { DoctorRow } from '../../domain/doctor.ts'
import { failedDoctorKey } from '../../domain/row.ts'
import { encodeDoctor, encodeDoctorsEnd } from '../../messages/doctor.ts'
import type { Consumer } from '../../ports/broker.ts'
import { listsOf } from '../../ports/peers.ts'
import type { DoctorRecord, DoctorSource } from '../../ports/sources.ts'
import { digestOfDoctors } from '../../messages/digest.ts'
import { countLists } from '../../sync/send/count-lists.ts'
import { consumeCommands } from '../../sync/send/command-consumer.ts'
import type { SyncContext } from '../../sync/context.ts'
import type { RowSending } from '../../sync/send/read-rows.ts'
import { sendRows } from '../../sync/send/send-rows.ts'
import { sendWithoutRun } from '../../sync/send/send-without-run.ts'
import { doctorFrom } from '../../sync/source-rows.ts'
import { dependenciesOf, type Service } from '../service.ts'

/**
 * On `gmcSyncStart`, recommendation sends every doctor with the outcome of the latest recommendation to integration; on
 * `getMaster`, it counts its list. Beside a Java integration it only sends: the list, and the queue of `getMaster`, are left to the
 * Java recommendation.
 */
export function createRecommendationService(context: SyncContext, source: DoctorSource): Service {
  const consumers: Consumer[] = []
  return {
    name: 'recommendation',
    dependencies: dependenciesOf('recommendation', context, { 'doctor source': source }),
    async start() {
      const sendsOnly = context.settings.javaPeers.includes('integration')
      // One by one: the first is stopped too when the second cannot be started.
      consumers.push(
        await consumeCommands(context, {
          service: 'recommendation',
          stage: 'doctors',
          work: (claim, day, signal) => sendRows(context, claim, sending(source, day), signal),
          ...(sendsOnly && {
            workWithoutRun: (day, signal) => sendWithoutRun(context, 'doctors', sending(source, day), signal),
          }),
        }),
      )
      if (sendsOnly) return
      consumers.push(
        await consumeCommands(context, {
          service: 'recommendation',
          stage: 'lists',
          work: (claim, day, signal) => countLists(context, claim, listsOf('recommendation'), day, signal),
        }),
      )
    },
    async stop() {
      await Promise.all(consumers.map((consumer) => consumer.stop()))
    },
  }
}

function sending(source: DoctorSource, day: Day): RowSending<DoctorRecord, DoctorRow> {
  return {
    route: 'doctorData',
    open: () => source.snapshot(),
    read: (record) => doctorFrom(record, day),
    keyOf: ({ doctor }) => failedDoctorKey(doctor.storedId),
    encode: encodeDoctor,
    encodeEnd: encodeDoctorsEnd,
    digestOf: digestOfDoctors,
  }
}
