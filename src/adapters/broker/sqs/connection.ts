import { SQS, type SQSClientConfig } from '@aws-sdk/client-sqs'
import { RevalError } from '../../../errors/reval-error.ts'
import { operationFault, serverFault } from './faults.ts'
import type { SqsSettings } from './settings.ts'

/** After this long without an answer a call is given up, in milliseconds, unless it has a limit of its own. */
export const CALL_MS = 6_000

/** A call as the client makes it, such as `(sqs, http) => sqs.sendMessage(input, http)`. */
type Call<T> = (sqs: SQS, http: HttpOptions) => Promise<T>

export interface HttpOptions {
  readonly abortSignal: AbortSignal
}

/** A client of SQS that makes each call once, with a time limit, and whose faults are coded. Connects at the first call. */
export class SqsConnection {
  readonly settings: SqsSettings
  readonly #sqs: SQS
  readonly #closing = new AbortController()

  constructor(settings: SqsSettings) {
    this.settings = settings
    this.#sqs = new SQS(clientConfig(settings))
  }

  /** For questions about the server: rejects SERVER_UNREACHABLE, SERVER_LOGIN_REFUSED, QUEUE_MISSING, BROKER_FAILED. */
  async ask<T>(doing: string, call: Call<T>, limit = CALL_MS): Promise<T> {
    return this.#call(call, limit, (error) => serverFault(error, doing, this.settings))
  }

  /** For work on a queue that was found: rejects BROKER_FAILED, or QUEUE_MISSING once the queue is gone. */
  async work<T>(doing: string, call: Call<T>, limit = CALL_MS): Promise<T> {
    return this.#call(call, limit, (error) => operationFault(error, doing, this.settings))
  }

  /** Ends the calls in progress with BROKER_CLOSED and closes all sockets. */
  close(): void {
    this.#closing.abort(closed())
    this.#sqs.destroy()
  }

  async #call<T>(call: Call<T>, limit: number, fault: (error: unknown) => RevalError): Promise<T> {
    const closing = this.#closing.signal
    closing.throwIfAborted()
    const timeout = AbortSignal.timeout(limit)
    try {
      return await call(this.#sqs, { abortSignal: AbortSignal.any([closing, timeout]) })
    } catch (error) {
      closing.throwIfAborted()
      if (!timeout.aborted) throw fault(error)
      throw fault(Object.assign(new Error(`no answer within ${limit} ms`), { name: 'TimeoutError' }))
    }
  }
}

export function closed(): RevalError {
  return new RevalError('BROKER_CLOSED', 'the broker is closed')
}

function clientConfig(settings: SqsSettings): SQSClientConfig {
  const { sqsEndpoint, sqsRegion, sqsAccessKeyId, sqsSecretAccessKey, sqsCa } = settings
  if ((sqsAccessKeyId === '') !== (sqsSecretAccessKey === '')) {
    throw new RevalError(
      'CONFIG_INVALID',
      'REVAL_SQS_ACCESS_KEY_ID and REVAL_SQS_SECRET_ACCESS_KEY: set both or neither',
    )
  }
  return {
    region: sqsRegion,
    ...(sqsEndpoint !== '' && { endpoint: sqsEndpoint }),
    ...(sqsAccessKeyId !== '' && {
      credentials: { accessKeyId: sqsAccessKeyId, secretAccessKey: sqsSecretAccessKey },
    }),
    // Behind a proxy the address that the server gives a queue leads nowhere; the endpoint that is set is the way.
    useQueueUrlAsEndpoint: sqsEndpoint === '',
    // The layers above retry.
    maxAttempts: 1,
    ...(sqsCa !== null && { requestHandler: { httpsAgent: { ca: sqsCa } } }),
  }
}
