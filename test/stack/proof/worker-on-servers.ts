import type { TestContext } from 'node:test'
import { backendsOf } from '../../../src/app/backends.ts'
import { fillWithDemo } from '../../../src/app/demo/fill-with-demo.ts'
import { startWorkerOn, type Worker } from '../../../src/app/worker.ts'
import { readConfig } from '../../../src/config/config.ts'
import { environment } from '../../../src/config/read-settings.ts'
import { SERVICE_NAMES } from '../../../src/ports/run-ledger.ts'
import { UNJUDGED } from '../../app/job/workplace.ts'
import { newNamespace, type Namespace } from '../job/namespace.ts'

/** All four services in this process, on the servers under names of the test's own, with the sources of a small demo. */
export async function workerOnServers(
  t: TestContext,
  settings: Readonly<Record<string, string>>,
): Promise<{ readonly worker: Worker; readonly namespace: Namespace }> {
  const namespace = await newNamespace()
  let worker: Worker | null = null
  t.after(async () => {
    await worker?.stop()
    await namespace.remove()
  })
  const ours = { REVAL_POLL_MS: '10', REVAL_SQS_WAIT_SECONDS: '1', ...UNJUDGED, ...settings }
  const config = readConfig({ ...environment(), ...namespace.environment, ...ours })
  const set = await backendsOf(config)
  const filling = await set.openFilling(config, { force: false })
  await fillWithDemo(filling.sources, { doctors: 40, seed: 1 })
  await filling.close()
  worker = await startWorkerOn(await set.openWorker(config, SERVICE_NAMES), config)
  return { worker, namespace }
}
