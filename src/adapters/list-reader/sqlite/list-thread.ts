import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { CallThread, serveCalls } from '../../sqlite/call-thread.ts'
import { ListFiles } from './list-files.ts'

export type CallName = Exclude<keyof ListFiles, 'close'>

const NAME = 'list reader'

// This file is both ends, as that of the index store is.

/** The lists on their own thread: not on the one that writes, which a run keeps busy. */
export function listThread(directory: string, timeLimit: number): CallThread {
  return new CallThread({ module: import.meta.filename, workerData: directory, name: NAME, timeLimit })
}

if (!isMainThread && parentPort !== null && import.meta.main) {
  serveCalls(parentPort, {
    name: NAME,
    open: () => new ListFiles(String(workerData)),
    call: (files, name, values) => {
      // A method and its values; only the other end sends these.
      const methods = files as unknown as Readonly<Record<string, (...values: unknown[]) => unknown>>
      return methods[name]?.(...values)
    },
  })
}
