import type { Broker } from '../../../ports/broker.ts'
import { SqsBroker, type SqsBrokerOptions } from './broker.ts'
import { checkNames } from './names.ts'

export type { SqsBrokerOptions } from './broker.ts'

/** Credentials may have to be fetched first. */
const OPENING_MS = 5_000

/**
 * Opens SQS for the queues that it carries; each queue is looked up when it is first used. Rejects SERVER_UNREACHABLE,
 * SERVER_LOGIN_REFUSED or CONFIG_INVALID, and leaves nothing open then.
 */
export async function openSqsBroker(options: SqsBrokerOptions): Promise<Broker> {
  checkNames(options.topology)
  const broker = new SqsBroker(options)
  try {
    await broker.reach(OPENING_MS)
    return broker
  } catch (error) {
    await broker.close()
    throw error
  }
}
