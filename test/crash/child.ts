import { backendsOf } from '../../src/app/backends.ts'
import { loadExports } from '../../src/app/loading/load-exports.ts'
import { SERVICE_NAMES, type Repair } from '../../src/ports/run-ledger.ts'
import { startWorkerOn, type Worker } from '../../src/app/worker.ts'
import { readConfig } from '../../src/config/config.ts'
import { environment } from '../../src/config/read-settings.ts'
import { createRunEvents } from '../../src/sync/events.ts'
import { readInstallation } from '../../src/sync/records.ts'
import { requestRun } from '../../src/sync/lead/run-request.ts'
import { postRequest } from '../../src/sync/lead/writer-request.ts'
import { DAY, SAMPLE } from '../app/job/workplace.ts'
import { watched } from './deadly.ts'

/**
 * Works on the data directory of REVAL_DATA_DIR and kills itself with SIGKILL at the n-th of a moment of `watched`:
 * `bin/run-node test/crash/child.ts sync 'store.write after' 3`, or of all moments that polling does not repeat, `any`. What it does: `sync` carries on what is there or runs
 * the job, `verify`, `promoteVerified` and `repairRows` verify and repair, `cancel` asks to cancel that, `rollback`, `promote` and `discard` ask for that, `preview` runs one, `erase` erases person 8, `load` fills the sources with the
 * sample. It prints `begins` when it does; without a moment it works to the end, and prints how often there was each, as
 * JSON.
 */
const [, , what = 'sync', moment = '', count = '1'] = process.argv
const seen: Record<string, number> = {}
/** What a process repeats for as long as it waits: how often depends on how fast the machine is. */
const POLLED =
  /^(?:ledger\.(?:read|runs|failures|serverTime|save lease)|broker\.deadLetters|store\.(?:generations|liveAliases)) /
const told = (now: string): void => {
  for (const each of POLLED.test(now) ? [now] : [now, 'any']) {
    const times = (seen[each] ?? 0) + 1
    seen[each] = times
    if (each === moment && times === Number(count)) process.kill(process.pid, 'SIGKILL')
  }
}
const config = readConfig(environment())

async function load(): Promise<void> {
  const backends = await (await backendsOf(config)).openFilling(config, { force: false })
  console.log('begins')
  await loadExports(SAMPLE, { begin: async () => watched('filling', await backends.sources.begin(), told) })
  await backends.close()
}

async function work(): Promise<void> {
  const backends = await (await backendsOf(config)).openWorker(config, SERVICE_NAMES)
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
      workspaces: { open: async () => watched('workspace', await backends.workspaces.open(), told) },
      // These close what was opened, not its observers.
      close: () => backends.close(),
    },
    config,
    { events },
  )
  console.log('begins')
  await ask(worker)
  worker.integration?.wake()
  await ended
  await worker.stop()
}

const VERIFYING: Readonly<Record<string, { readonly repair: Repair | null }>> = {
  verify: { repair: null },
  promoteVerified: { repair: 'promote' },
  repairRows: { repair: 'rows' },
}

async function ask(worker: Worker): Promise<void> {
  const { context } = worker
  const { currentRun, heldBack } = await readInstallation(context.ledger)
  const asking = { by: 'child', why: 'a test' }
  switch (what) {
    case 'rollback':
      await postRequest(context, { ...asking, kind: 'rollback', run: null })
      return
    case 'erase':
      await postRequest(context, { ...asking, kind: 'erase', scope: { keys: ['8'] } })
      return
    case 'promote':
    case 'discard':
      await postRequest(context, { ...asking, kind: what, run: heldBack?.run ?? null })
      return
    default: {
      const verifying = VERIFYING[what]
      const request = {
        by: 'child',
        day: DAY,
        ...(verifying !== undefined && { purpose: 'verify' as const, ...verifying }),
        ...(what === 'preview' && { purpose: 'preview' as const }),
      }
      const { id } = currentRun ?? (await requestRun(context, request))
      if (what !== 'cancel') return
      // Once there is something to leave behind.
      worker.integration?.wake()
      await new Promise<void>((resolve) => context.events.once('claim.made', () => resolve()))
      await postRequest(context, { ...asking, kind: 'cancel', run: id })
    }
  }
}

await (what === 'load' ? load() : work())
console.log(JSON.stringify(seen))
