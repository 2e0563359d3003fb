import { existsSync, readlinkSync } from 'node:fs'
import { constants, getPriority, setPriority } from 'node:os'
import { basename } from 'node:path'
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { CallThread, serveCalls } from '../../sqlite/call-thread.ts'
import { IndexFiles, type IndexFilesOptions } from './index-files.ts'

type CallName = Exclude<keyof IndexFiles, 'documents' | 'rows' | 'tableRows' | 'close'>

/** The calls to the files, one at a time, on whichever thread has them open. */
type IndexCalls = Pick<IndexFiles, CallName>

/** The target of the calls. They are carried out in their order. */
interface IndexFilesAccess {
  call<Name extends CallName>(
    name: Name,
    ...values: Parameters<IndexCalls[Name]>
  ): Promise<ReturnType<IndexCalls[Name]>>
  /** Closes the files. Earlier calls are answered first. */
  close(): Promise<void>
}

const NAME = 'index store'

/** The files on this thread. */
export function onThisThread(files: IndexFiles): IndexFilesAccess {
  return {
    call: async (name, ...values) => callOn(files, name, values),
    close: async () => files.close(),
  }
}

// This file is both ends: the thread runs it again, so that it is found wherever the package is installed and however it was built.

/** The files on their own thread. Rejects as opening does. */
export async function onOwnThread(options: IndexFilesOptions): Promise<IndexFilesAccess> {
  const thread = new CallThread({ module: import.meta.filename, workerData: options, name: NAME, timeLimit: null })
  await thread.opened
  return {
    // Each request is answered with the result of its call.
    call: async (name, ...values) => (await thread.call(name, values)) as ReturnType<IndexCalls[typeof name]>,
    close: () => thread.close(),
  }
}

/** Carries one call out. */
function callOn<Name extends CallName>(
  files: IndexCalls,
  name: Name,
  values: Parameters<IndexCalls[Name]>,
): ReturnType<IndexCalls[Name]> {
  // A method and its values; TypeScript cannot relate them if the name is a union.
  const method = files[name] as (...values: Parameters<IndexCalls[Name]>) => ReturnType<IndexCalls[Name]>
  return method.apply(files, values)
}

const THIS_THREAD = '/proc/thread-self'

/**
 * Lets the threads that answer people go first when the processors are busy: those of HTTP and of the lists. Only Linux gives each
 * thread a priority of its own.
 */
function yieldToOthers(): void {
  if (!existsSync(THIS_THREAD)) return
  const thread = Number(basename(readlinkSync(THIS_THREAD)))
  setPriority(thread, Math.max(getPriority(thread), constants.priority.PRIORITY_BELOW_NORMAL))
}

// The thread is recognised by its file: other threads may import this one.
if (!isMainThread && parentPort !== null && import.meta.main) {
  serveCalls(parentPort, {
    name: NAME,
    open: () => {
      yieldToOthers()
      return new IndexFiles(workerData as IndexFilesOptions)
    },
    // Only the other end sends these.
    call: (files, name, values) => callOn(files, name as CallName, values as Parameters<IndexCalls[CallName]>),
  })
}
