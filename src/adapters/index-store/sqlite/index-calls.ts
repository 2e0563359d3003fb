import type { IndexFiles } from './index-files.ts'

type CallName = Exclude<keyof IndexFiles, 'documents' | 'close'>

/** What is asked of the files one call at a time, whichever thread has them open. */
export type IndexCalls = Pick<IndexFiles, CallName>

/** Where the calls go. They are carried out in the order in which they are made. */
export interface IndexFilesAccess {
  call<Name extends CallName>(
    name: Name,
    ...values: Parameters<IndexCalls[Name]>
  ): Promise<ReturnType<IndexCalls[Name]>>
  /** Closes the files. Calls that were made before are answered first. */
  close(): Promise<void>
}

/** The files on this thread. */
export function onThisThread(files: IndexFiles): IndexFilesAccess {
  return {
    call: async (name, ...values) => callOn(files, name, values),
    close: async () => files.close(),
  }
}

/** Carries one call out. */
export function callOn<Name extends CallName>(
  files: IndexCalls,
  name: Name,
  values: Parameters<IndexCalls[Name]>,
): ReturnType<IndexCalls[Name]> {
  // A method and its own values: what TypeScript cannot follow for a name that is one of several.
  const method = files[name] as (...values: Parameters<IndexCalls[Name]>) => ReturnType<IndexCalls[Name]>
  return method.apply(files, values)
}
