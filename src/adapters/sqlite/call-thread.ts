import { Worker, type MessagePort } from 'node:worker_threads'
import type { ErrorCode } from '../../errors/codes.ts'
import { asRevalError, RevalError, type ErrorDetails } from '../../errors/reval-error.ts'

// SQLite blocks the thread that calls it. So its calls run one after another on a thread of their own, not on the thread of
// services, heartbeats and HTTP.

/** An object on a thread. The parameters and results of its methods are copied between threads. */
export interface Target {
  close(): void
}

interface Request {
  readonly name: string
  readonly values: readonly unknown[]
  /** Milliseconds since the epoch after which the call is skipped; null: never. */
  readonly until: number | null
}

interface Refusal {
  readonly code: ErrorCode
  readonly message: string
  readonly details: ErrorDetails
  readonly transient: boolean
}

/** Answers come in the order of requests; the first answers opening the object. */
type Answer = { readonly value: unknown } | { readonly refusal: Refusal }

export interface CallThreadOptions {
  /** The module that serves the calls when it is run as a thread (`serveCalls`). */
  readonly module: string
  readonly workerData: unknown
  /** What the object is called in messages. */
  readonly name: string
  /** In milliseconds; null: no limit. */
  readonly timeLimit: number | null
}

/** Calls an object on its own thread. */
export class CallThread {
  /** Rejects as opening does. */
  readonly opened: Promise<void>
  readonly #worker: Worker
  readonly #waiting: PromiseWithResolvers<unknown>[] = []
  readonly #ended = Promise.withResolvers<undefined>()
  readonly #name: string
  readonly #timeLimit: number | null
  #over: RevalError | null = null
  #closing: Promise<void> | null = null

  constructor({ module, workerData, name, timeLimit }: CallThreadOptions) {
    this.#name = name
    this.#timeLimit = timeLimit
    this.#worker = new Worker(module, { workerData })
    this.#worker.on('message', (answer: Answer) => this.#answered(answer))
    this.#worker.on('error', (error) => this.#end(asRevalError(error, 'STORE_FAILED')))
    this.#worker.on('exit', () => {
      this.#end(new RevalError('STORE_FAILED', `the ${name} is closed`))
      this.#ended.resolve(undefined)
    })
    this.opened = this.#within(this.#nextAnswer()).then(() => undefined)
  }

  /** Whether the thread takes no more calls: it is closed, or has failed. */
  get isOver(): boolean {
    return this.#over !== null || this.#closing !== null
  }

  /** Rejects as the method does; STORE_FAILED, transient, once the time limit is over: the call may still be carried out. */
  call(name: string, values: readonly unknown[]): Promise<unknown> {
    const until = this.#timeLimit === null ? null : Date.now() + this.#timeLimit
    return this.#send({ name, values, until })
  }

  /** Closes the object after answering earlier calls. Ends the thread in any case when the time limit is over. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  async #close(): Promise<void> {
    try {
      if (this.#over === null) await this.#send({ name: 'close', values: [], until: null })
    } catch (error) {
      // A thread that has already ended, such as one that could not open the object, counts as closed.
      if (this.#over === null && !asRevalError(error).transient) throw error
      if (this.#over === null) await this.#worker.terminate()
    }
    await this.#ended.promise
  }

  #send(request: Request): Promise<unknown> {
    if (this.#over !== null) return Promise.reject(this.#over)
    this.#worker.postMessage(request)
    return this.#within(this.#nextAnswer())
  }

  async #within(answer: Promise<unknown>): Promise<unknown> {
    if (this.#timeLimit === null) return answer
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => late.reject(overdue(this.#name)), this.#timeLimit)
    try {
      return await Promise.race([answer, late.promise])
    } finally {
      clearTimeout(timer)
    }
  }

  #nextAnswer(): Promise<unknown> {
    const answer = Promise.withResolvers<unknown>()
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

function overdue(name: string): RevalError {
  return new RevalError('STORE_FAILED', `the ${name} did not answer in time`, { transient: true })
}

function asError({ code, message, details, transient }: Refusal): RevalError {
  return new RevalError(code, message, { details, transient })
}

function refusalOf(error: unknown): Refusal {
  const { code, message, details, transient } = asRevalError(error, 'STORE_FAILED')
  return { code, message, details, transient }
}

/** Runs on the thread: opens the object and carries out requests one after another. `call` calls a method by its name. */
export function serveCalls<T extends Target>(
  port: MessagePort,
  { name, open, call }: { name: string; open: () => T; call: (target: T, name: string, values: unknown[]) => unknown },
): void {
  const answer = (action: () => unknown) => {
    let given: Answer
    try {
      given = { value: action() }
    } catch (error) {
      given = { refusal: refusalOf(error) }
    }
    port.postMessage(given)
  }
  let target: T
  try {
    target = open()
  } catch (error) {
    port.postMessage({ refusal: refusalOf(error) } satisfies Answer)
    return
  }
  port.postMessage({ value: undefined } satisfies Answer)
  port.on('message', (request: Request) => {
    if (request.name === 'close') {
      answer(() => target.close())
      port.close()
      return
    }
    answer(() => {
      // Its caller has given up.
      if (request.until !== null && Date.now() > request.until) throw overdue(name)
      return call(target, request.name, [...request.values])
    })
  })
}
