import type { Consumer } from '../../ports/broker.ts'
import type { ExceptionSource } from '../../ports/sources.ts'
import { takeCommands } from '../../sync/send/command-taker.ts'
import type { SyncContext } from '../../sync/context.ts'
import { writeReasons } from '../../sync/send/write-reasons.ts'
import type { Service } from '../service.ts'

/** On `getMaster`, connection writes the reasons of failed connections, which its exception list asks for. */
export function createConnectionService(context: SyncContext, source: ExceptionSource): Service {
  let consumer: Consumer | null = null
  return {
    name: 'connection',
    dependencies: [
      { name: 'exception source', ping: () => source.ping() },
      { name: 'broker', ping: () => context.broker.ping() },
      { name: 'ledger', ping: () => context.ledger.ping() },
      { name: 'index store', ping: () => context.store.ping() },
    ],
    async start() {
      consumer = await takeCommands(context, {
        service: 'connection',
        stage: 'lists',
        queue: 'getMaster.connection',
        command: 'getMaster',
        work: (claim, _day, signal) => writeReasons(context, claim, source, signal),
        workWithoutRun: null,
      })
    },
    async stop() {
      await consumer?.stop()
    },
  }
}
