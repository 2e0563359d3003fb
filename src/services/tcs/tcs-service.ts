import type { Day } from '../../domain/day.ts'
import { traineeRowId } from '../../domain/row.ts'
import type { TcsPerson, Trainee } from '../../domain/trainee.ts'
import { digestOfTrainees } from '../../messages/digest.ts'
import { encodeTrainee, encodeTraineesEnd } from '../../messages/trainee.ts'
import type { TraineeSource } from '../../ports/sources.ts'
import type { Consumer } from '../../ports/broker.ts'
import { consumeCommands } from '../../sync/send/command-consumer.ts'
import type { SyncContext } from '../../sync/context.ts'
import type { RowSending } from '../../sync/send/read-rows.ts'
import { sendRows } from '../../sync/send/send-rows.ts'
import { sendWithoutRun } from '../../sync/send/send-without-run.ts'
import { traineeFrom } from '../../sync/source-rows.ts'
import { dependenciesOf, type Service } from '../service.ts'

/**
 * On `syncStart`, tcs sends every trainee with the latest programme and curriculum to integration; to a Java integration
 * service, in the format of the Java services.
 */
export function createTcsService(context: SyncContext, source: TraineeSource): Service {
  let consumer: Consumer | null = null

  const sending = (day: Day): RowSending<TcsPerson, Trainee> => ({
    route: 'traineeData',
    open: () => source.snapshot(),
    read: (person) => traineeFrom(person, day, context.settings),
    keyOf: (person) => traineeRowId(person.personId),
    encode: encodeTrainee,
    encodeEnd: encodeTraineesEnd,
    digestOf: digestOfTrainees,
  })

  return {
    name: 'tcs',
    dependencies: dependenciesOf('tcs', context, { 'trainee source': source }),
    async start() {
      consumer = await consumeCommands(context, {
        service: 'tcs',
        stage: 'trainees',
        work: (claim, day, signal) => sendRows(context, claim, sending(day), signal),
        workWithoutRun: (day, signal) => sendWithoutRun(context, 'trainees', sending(day), signal),
      })
    },
    async stop() {
      await consumer?.stop()
    },
  }
}
