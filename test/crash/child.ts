import { backendsOf } from '../../src/app/backends.ts'
import { startWorkerOn } from '../../src/app/worker.ts'
import { environment } from '../../src/config/environment.ts'
import { readConfig } from '../../src/config/config.ts'
import { createRunEvents } from '../../src/sync/events.ts'
import { readInstallation } from '../../src/sync/records.ts'
import { requestRun } from '../../src/sync/run-request.ts'
import { postRequest } from '../../src/sync/writer-request.ts'
import { DAY } from '../app/job/workplace.ts'
import { watched } from './deadly.ts'

/**
 * Works on the data directory of REVAL_DATA_DIR: carries on what is there or runs the job, or rolls back; and kills
 * itself with SIGKILL at the n-th of a moment: `node child.ts sync 'ledger.save before' 3`. Without a moment it works to
 * the end and prints how often there was each, as JSON.
 */
const [, , what = 'sync', moment = '', count = '1'] = process.argv
const seen: Record<string, number> = {}
const told = (now: string): void => {
  const times = (seen[now] ?? 0) + 1
  seen[now] = times
  if (now === moment && times === Number(count)) process.kill(process.pid, 'SIGKILL')
}

const config = readConfig(environment())
const backends = await (await backendsOf()).openWorker(config)
const events = createRunEvents()
const ended = new Promise<void>((resolve) => {
  events.on('run.ended', () => resolve())
  events.on('request.answered', () => resolve())
})
const worker = await startWorkerOn(
  {
    ...backends,
    ledger: watched('ledger', backends.ledger, told),
    store: watched('store', backends.store, told),
    broker: watched('broker', backends.broker, told),
    // What was opened is closed by these, not by what watches it.
    close: () => backends.close(),
  },
  config,
  { events },
)
if (what === 'rollback') await postRequest(worker.context, { kind: 'rollback', run: null, by: 'child', why: 'a test' })
else if ((await readInstallation(worker.context.ledger)).currentRun === null) {
  await requestRun(worker.context, { by: 'child', day: DAY })
}
worker.integration?.wake()
await ended
await worker.stop()
console.log(JSON.stringify(seen))
