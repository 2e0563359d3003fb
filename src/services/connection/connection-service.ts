import type { Consumer } from '../../ports/broker.ts'
import { listsOf } from '../../ports/peers.ts'
import { countLists } from '../../sync/send/count-lists.ts'
import { consumeCommands } from '../../sync/send/command-consumer.ts'
import type { SyncContext } from '../../sync/context.ts'
import { dependenciesOf, type Service } from '../service.ts'

/** On `getMaster`, connection counts its three lists. */
export function createConnectionService(context: SyncContext): Service {
  let consumer: Consumer | null = null
  return {
    name: 'connection',
    dependencies: dependenciesOf('connection', context),
    async start() {
      consumer = await consumeCommands(context, {
        service: 'connection',
        stage: 'lists',
        work: (claim, day, signal) => countLists(context, claim, listsOf('connection'), day, signal),
      })
    },
    async stop() {
      await consumer?.stop()
    },
  }
}
