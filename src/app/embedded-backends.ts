import { openInProcessBroker } from '../adapters/broker/in-process/broker.ts'
import { systemClock } from '../adapters/clock/system.ts'
import { isWorkedOn, openDataDirectory } from '../adapters/data-directory/data-directory.ts'
import { openIndexStore } from '../adapters/index-store/sqlite/index.ts'
import { openRunLedger } from '../adapters/run-ledger/sqlite/run-ledger.ts'
import {
  openDoctorSource,
  openExceptionSource,
  openFillableSources,
  openTraineeSource,
} from '../adapters/sources/sqlite/index.ts'
import { DEFAULT_TOPOLOGY } from '../messages/topology.ts'
import { closeAll, type BackendSet } from './backends.ts'

/** Everything in files of one data directory, and messages in this process: no server is needed. */
export const embeddedBackends: BackendSet = {
  async openReader({ dataDirectory: directory }) {
    return opening(async (opened) => {
      opened(await openDataDirectory(directory, { role: 'reader' }))
      const ledger = opened(await openRunLedger(directory))
      const store = opened(await openIndexStore({ directory, readOnly: true }))
      return { clock: systemClock, ledger, store, isWorkedOn: () => isWorkedOn(directory) }
    })
  },

  async openWorker({ dataDirectory: directory }) {
    return opening(async (opened) => {
      opened(await openDataDirectory(directory, { role: 'worker' }))
      return {
        clock: systemClock,
        ledger: opened(await openRunLedger(directory)),
        store: opened(await openIndexStore({ directory })),
        broker: opened(openInProcessBroker({ topology: DEFAULT_TOPOLOGY, clock: systemClock })),
        traineeSource: opened(openTraineeSource({ directory })),
        doctorSource: opened(openDoctorSource({ directory })),
        exceptionSource: opened(openExceptionSource({ directory })),
        alone: true,
        oneProcess: true,
      }
    })
  },

  async openFilling({ dataDirectory: directory }) {
    return opening(async (opened) => {
      opened(await openDataDirectory(directory, { role: 'filler' }))
      return { sources: openFillableSources({ directory }) }
    })
  },
}

interface Closable {
  close(): Promise<void>
}

/** Opens several things; when one of them fails, those opened before it are closed. */
async function opening<T extends object>(
  open: (opened: <C extends Closable>(each: C) => C) => Promise<T>,
): Promise<T & Closable> {
  const all: Closable[] = []
  const close = () => closeAll(all)
  try {
    const result = await open((each) => {
      all.push(each)
      return each
    })
    return { ...result, close }
  } catch (error) {
    await close()
    throw error
  }
}
