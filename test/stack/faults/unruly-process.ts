import { createLog, logEvents } from '../../../src/app/log.ts'
import { backendsOf } from '../../../src/app/backends.ts'
import { startWorkerOn } from '../../../src/app/worker.ts'
import { readConfig } from '../../../src/config/config.ts'
import { environment } from '../../../src/config/read-settings.ts'
import { SERVICE_NAMES } from '../../../src/ports/run-ledger.ts'
import { createRunEvents } from '../../../src/sync/events.ts'
import { UnrulyBroker } from '../../faults/unruly-broker.ts'

/**
 * All four services on the servers of its environment, through a broker that sends messages twice, lets later ones overtake
 * and loses first acknowledgements, each as often as its arguments say, from 0 to 1:
 * `bin/run-node test/stack/faults/unruly-process.ts 1 0.3 0.1`.
 */
const [doubled = 0, heldBack = 0, unacknowledged = 0] = process.argv.slice(2).map(Number)
const config = readConfig(environment(), {}, SERVICE_NAMES)
const backends = await (await backendsOf(config)).openWorker(config, SERVICE_NAMES)
const broker = new UnrulyBroker(backends.broker, { seed: Date.now(), doubled, heldBack, unacknowledged })
const events = createRunEvents()
logEvents(createLog(config.log), events)
const worker = await startWorkerOn({ ...backends, broker, close: () => backends.close() }, config, { events })
const asked = new Promise<void>((resolve) => process.once('SIGTERM', () => resolve()))
await Promise.race([asked, worker.ended])
await worker.stop()
