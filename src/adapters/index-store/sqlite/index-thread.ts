import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { asRevalError, RevalError, type ErrorDetails } from '../../../errors/reval-error.ts'
import type { ErrorCode } from '../../../errors/codes.ts'
import { IndexFiles, type IndexFilesOptions } from './index-files.ts'

type CallName = Exclude<keyof IndexFiles, 'documents' | 'rows' | 'close'>

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

/** The files on this thread. */
export function onThisThread(files: IndexFiles): IndexFilesAccess {
  return {
    call: async (name, ...values) => callOn(files, name, values),
    close: async () => files.close(),
  }
}

// This file is both ends: the thread runs it again, so that it is found wherever the package is installed and however it was built.

type Request = { readonly name: CallName; readonly values: Parameters<IndexCalls[CallName]> } | 'close'

interface Refusal {
  readonly code: ErrorCode
  readonly message: string
  readonly details: ErrorDetails
  readonly transient: boolean
}

/** In the order of the requests; the first is to the opening. */
type Answer = { readonly value: unknown } | { readonly refusal: Refusal }

/**
 * The files on their own thread: if SQLite blocks, it blocks that thread, and not the services, heartbeats and HTTP
 * of this one. Rejects as opening does.
 */
export async function onOwnThread(options: IndexFilesOptions): Promise<IndexFilesAccess> {
  const thread = new IndexThread(options)
  await thread.opened
  return thread
}

class IndexThread implements IndexFilesAccess {
  readonly opened: Promise<void>
  readonly #worker: Worker
  readonly #waiting: PromiseWithResolvers<unknown>[] = []
  readonly #ended = Promise.withResolvers<undefined>()
  #over: RevalError | null = null
  #closing: Promise<void> | null = null

  constructor(options: IndexFilesOptions) {
    this.#worker = new Worker(import.meta.filename, { workerData: options })
    this.#worker.on('message', (answer: Answer) => this.#answered(answer))
    this.#worker.on('error', (error) => this.#end(asRevalError(error, 'STORE_FAILED')))
    this.#worker.on('exit', () => {
      this.#end(new RevalError('STORE_FAILED', 'the index store is closed'))
      this.#ended.resolve(undefined)
    })
    this.opened = this.#nextAnswer<undefined>()
  }

  async call<Name extends CallName>(
    name: Name,
    ...values: Parameters<IndexCalls[Name]>
  ): Promise<ReturnType<IndexCalls[Name]>> {
    return this.#send({ name, values })
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  async #close(): Promise<void> {
    if (this.#over === null) await this.#send('close')
    await this.#ended.promise
  }

  #send<T>(request: Request): Promise<T> {
    if (this.#over !== null) return Promise.reject(this.#over)
    this.#worker.postMessage(request)
    return this.#nextAnswer()
  }

  #nextAnswer<T>(): Promise<T> {
    // Each request is answered with the result of its call.
    const answer = Promise.withResolvers<unknown>() as PromiseWithResolvers<unknown> & PromiseWithResolvers<T>
    this.#waiting.push(answer)
    return answer.promise
  }

  #answered(answer: Answer): void {
    const asked = this.#waiting.shift()
    if ('value' in answer) asked?.resolve(answer.value)
    else asked?.reject(asError(answer.refusal))
  }

  #end(reason: RevalError): void {
    this.#over ??= reason
    for (const { reject } of this.#waiting.splice(0)) reject(reason)
  }
}

function asError({ code, message, details, transient }: Refusal): RevalError {
  return new RevalError(code, message, { details, transient })
}

function refusalOf(error: unknown): Refusal {
  const { code, message, details, transient } = asRevalError(error, 'STORE_FAILED')
  return { code, message, details, transient }
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

/** The thread's end: opens the files and carries out requests, one after the other. */
function serve(port: NonNullable<typeof parentPort>, options: IndexFilesOptions): void {
  const answer = (action: () => unknown) => {
    let given: Answer
    try {
      given = { value: action() }
    } catch (error) {
      given = { refusal: refusalOf(error) }
    }
    port.postMessage(given)
  }
  let files: IndexFiles
  try {
    files = new IndexFiles(options)
  } catch (error) {
    port.postMessage({ refusal: refusalOf(error) } satisfies Answer)
    return
  }
  port.postMessage({ value: undefined } satisfies Answer)
  port.on('message', (request: Request) => {
    if (request !== 'close') {
      answer(() => callOn(files, request.name, request.values))
      return
    }
    answer(() => files.close())
    port.close()
  })
}

// The thread is recognised by its file: other threads may import this one.
if (!isMainThread && parentPort !== null && import.meta.main) serve(parentPort, workerData as IndexFilesOptions)
