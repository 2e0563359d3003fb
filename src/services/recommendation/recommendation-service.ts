import type { Day } from '../../domain/day.ts'
import { doctorOf, outcomeOf } from '../../domain/doctor.ts'
import { failedDoctorKey } from '../../domain/row.ts'
import { RowFault } from '../../domain/row-fault.ts'
import { encodeDoctor, encodeDoctorsEnd } from '../../messages/doctor.ts'
import type { Consumer } from '../../ports/broker.ts'
import type { DoctorRecord, DoctorSource } from '../../ports/sources.ts'
import type { DoctorRow } from '../../domain/doctor.ts'
import { digestOfDoctors } from '../../messages/digest.ts'
import { answerForLists } from '../../sync/send/answer-lists.ts'
import { takeCommands } from '../../sync/send/command-taker.ts'
import type { SyncContext } from '../../sync/context.ts'
import type { RowSending } from '../../sync/send/read-rows.ts'
import { sendRows } from '../../sync/send/send-rows.ts'
import { sendWithoutRun } from '../../sync/send/send-without-run.ts'
import type { Service } from '../service.ts'

/**
 * On `gmcSyncStart`, recommendation sends every doctor with the outcome of the latest recommendation to integration;
 * on `getMaster`, it answers for its list. To an integration of the reference it sends in the reference's own form.
 */
export function createRecommendationService(context: SyncContext, source: DoctorSource): Service {
  const consumers: Consumer[] = []
  return {
    name: 'recommendation',
    dependencies: [
      { name: 'doctor source', ping: () => source.ping() },
      { name: 'broker', ping: () => context.broker.ping() },
      { name: 'ledger', ping: () => context.ledger.ping() },
      { name: 'index store', ping: () => context.store.ping() },
    ],
    async start() {
      // One by one: the first is stopped too when the second cannot be started.
      consumers.push(
        await takeCommands(context, {
          service: 'recommendation',
          stage: 'doctors',
          queue: 'gmcSyncStart',
          command: 'gmcSyncStart',
          work: (claim, day, signal) => sendRows(context, claim, sending(source, day), signal),
          workWithoutRun: (day, signal) => sendWithoutRun(context, 'doctors', sending(source, day), signal),
        }),
      )
      consumers.push(
        await takeCommands(context, {
          service: 'recommendation',
          stage: 'lists',
          queue: 'getMaster.recommendation',
          command: 'getMaster',
          work: (claim, day, signal) => answerForLists(context, claim, ['recommendationindex'], day, signal),
          workWithoutRun: null,
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
    read: ({ doctor: stored, latest, sharesNumber }) => {
      if (sharesNumber) {
        throw new RowFault(
          'ROW_NUMBER_SHARED',
          '_id',
          `"${stored.storedId}" has the same number as another document once trimmed`,
        )
      }
      const doctor = doctorOf(stored)
      return { doctor, outcome: outcomeOf(doctor.underNotice, latest, day) }
    },
    keyOf: ({ doctor }) => failedDoctorKey(doctor.storedId),
    encode: encodeDoctor,
    encodeEnd: encodeDoctorsEnd,
    digestOf: digestOfDoctors,
  }
}
