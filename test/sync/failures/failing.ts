import type { TestContext } from 'node:test'
import type { Broker, Queue } from '../../../src/ports/broker.ts'
import type { FailedRow, ResyncResult, ResyncScope } from '../../../src/ports/run-ledger.ts'
import { changeInstallation } from '../../../src/sync/records.ts'
import { storesOf } from '../../../src/sync/failures/find-failures.ts'
import { NOTHING_RESYNCED } from '../../../src/sync/resync/resync-tally.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { failure } from '../../contract/run-ledger/samples.ts'
import { aContext, brokerFor, ledgerFor, storeFor } from '../a-context.ts'
import { kept } from '../examples.ts'

/** A failed row of the live generation. */
export const ofLive = (key: string, changes: Partial<FailedRow> = {}): FailedRow =>
  failure(key, { run: 'run-1', generation: 'g-1', ...changes })
/** A failed row of the run in progress. */
export const ofRun = (key: string, changes: Partial<FailedRow> = {}): FailedRow =>
  failure(key, { run: 'run-2', generation: 'g-2', ...changes })

/** A ledger with a live generation and one being built, and a broker that holds dead letters. */
export async function failing(t: TestContext) {
  const clock = new ManualClock()
  const [store, ledger, broker] = [await storeFor(t), await ledgerFor(t), brokerFor(t, clock)]
  await changeInstallation(ledger, (known) => ({ ...known, term: 1, live: kept(1), building: kept(2) }))
  const context = { ...aContext({ clock, ledger, store, broker }), term: 1, guard: () => undefined }
  const asked: ResyncScope[] = []
  /** A resync in which these rows fail. */
  const resync =
    (failed: ResyncResult['failed'] = []) =>
    async (scope: ResyncScope) => {
      asked.push(scope)
      return { ...NOTHING_RESYNCED, failed }
    }
  const stores = { ...storesOf(context), clock }
  return { context, stores, clock, ledger, broker, asked, resync }
}

/** Puts a message among the dead letters of a queue, as its consumer does. */
export async function deadLettered(
  broker: Broker,
  queue: Extract<Queue, 'traineeChanged' | 'doctorData' | 'traineeData' | 'recommendationChanged' | 'syncStart'>,
  body: string,
  { code = 'MESSAGE_INVALID', reason = 'body: got "Smith"' }: { readonly code?: string; readonly reason?: string } = {},
): Promise<void> {
  const ended = Promise.withResolvers<undefined>()
  const consumer = await broker.consume(queue, { prefetch: 1, onTrouble: ended.reject }, async (delivery) => {
    await delivery.deadLetter(code, reason)
    ended.resolve(undefined)
  })
  await broker.publish(queue, { body: Buffer.from(body), attributes: {} })
  await ended.promise
  await consumer.stop()
}
