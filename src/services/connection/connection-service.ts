import type { IndexName } from '../../domain/lists.ts'
import type { Consumer } from '../../ports/broker.ts'
import { answerForLists } from '../../sync/send/answer-lists.ts'
import { takeCommands } from '../../sync/send/command-taker.ts'
import type { SyncContext } from '../../sync/context.ts'
import type { Service } from '../service.ts'

const LISTS: readonly IndexName[] = ['connectedindex', 'disconnectedindex', 'exceptionindex']

/** On `getMaster`, connection answers for its three lists. */
export function createConnectionService(context: SyncContext): Service {
  let consumer: Consumer | null = null
  return {
    name: 'connection',
    dependencies: [
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
        work: (claim, day, signal) => answerForLists(context, claim, LISTS, day, signal),
        workWithoutRun: null,
      })
    },
    async stop() {
      await consumer?.stop()
    },
  }
}
