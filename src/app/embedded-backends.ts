import { openInProcessBroker } from '../adapters/broker/in-process/broker.ts'
import { systemClock } from '../adapters/clock/system.ts'
import { isWorkedOn, openDataDirectory } from '../adapters/data-directory/data-directory.ts'
import { inspectDirectory } from '../adapters/data-directory/inspect.ts'
import { openIndexStore } from '../adapters/index-store/sqlite/open.ts'
import { openListReader } from '../adapters/list-reader/sqlite/open.ts'
import { openRunLedger } from '../adapters/run-ledger/sqlite/open.ts'
import { inspectWorkspace } from '../adapters/run-workspace/sqlite/inspect.ts'
import { openRunWorkspaces } from '../adapters/run-workspace/sqlite/open.ts'
import { openFillableSources } from '../adapters/sources/sqlite/fillable-sources.ts'
import { openDoctorSource, openExceptionSource, openTraineeSource } from '../adapters/sources/sqlite/open.ts'
import { DEFAULT_TOPOLOGY } from '../messages/topology.ts'
import type { Config } from '../config/config.ts'
import { opening, type BackendSet, type WorkerBackends } from './backends.ts'

/** Everything in files of one data directory, with messages in this process: no servers needed. */
export const embeddedBackends: BackendSet = {
  clock: systemClock,

  async openReader({ dataDirectory: directory }) {
    return opening(async (opened) => {
      opened(await openDataDirectory(directory, { role: 'reader' }))
      const ledger = opened(await openRunLedger(directory))
      const store = opened(await openIndexStore({ directory, readOnly: true }))
      const listReader = opened(openListReader({ directory }))
      return { clock: systemClock, ledger, store, listReader, hasActiveWriter: () => isWorkedOn(directory) }
    })
  },

  async openSources({ dataDirectory: directory }) {
    return opening((opened) =>
      Promise.resolve({
        traineeSource: opened(openTraineeSource({ directory })),
        doctorSource: opened(openDoctorSource({ directory })),
        exceptionSource: opened(openExceptionSource({ directory })),
      }),
    )
  },

  openWorker: (config) => openEmbeddedWorker(config),

  async openFilling({ dataDirectory: directory }) {
    return opening(async (opened) => {
      opened(await openDataDirectory(directory, { role: 'filler' }))
      return { sources: openFillableSources({ directory }) }
    })
  },

  openBroker: () => Promise.resolve(null),

  async inspect({ dataDirectory: directory, scratchDirectory }) {
    const inspected = [
      inspectDirectory(directory, openTraineeSource({ directory })),
      inspectWorkspace(scratchDirectory),
    ]
    return (await Promise.all(inspected)).flat()
  },
}

/** What `openWorker` opens. Without its own thread, the index store blocks this one: for tests, which open hundreds. */
export async function openEmbeddedWorker(
  { dataDirectory: directory, scratchDirectory }: Config,
  { ownThread = true }: { readonly ownThread?: boolean } = {},
): Promise<WorkerBackends> {
  return opening(async (opened) => {
    opened(await openDataDirectory(directory, { role: 'worker' }))
    return {
      clock: systemClock,
      ledger: opened(await openRunLedger(directory)),
      store: opened(await openIndexStore({ directory, ownThread })),
      listReader: opened(openListReader({ directory })),
      broker: opened(openInProcessBroker({ topology: DEFAULT_TOPOLOGY, clock: systemClock })),
      traineeSource: opened(openTraineeSource({ directory })),
      doctorSource: opened(openDoctorSource({ directory })),
      exceptionSource: opened(openExceptionSource({ directory })),
      workspaces: openRunWorkspaces(scratchDirectory),
      alone: true,
      oneProcess: true,
      servers: ({ ledger, store, broker, traineeSource, doctorSource, exceptionSource }) => [
        { name: 'Data directory', ping: () => allOf(ledger, store) },
        { name: 'Sources', ping: () => allOf(traineeSource, doctorSource, exceptionSource) },
        { name: 'Messages', ping: () => broker.ping() },
      ],
    }
  })
}

async function allOf(...pinged: readonly { readonly ping: () => Promise<void> }[]): Promise<void> {
  await Promise.all(pinged.map((each) => each.ping()))
}
