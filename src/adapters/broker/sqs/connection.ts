import { setMaxListeners } from 'node:events'
import { SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs'
import { RevalError } from '../../../errors/reval-error.ts'
import { operationFault, serverFault } from './faults.ts'
import type { SqsSettings } from './settings.ts'

/** A call that gets no connection, or no answer, is over. Who called decides whether to call again. */
const CONNECTION_TIMEOUT_MS = 2_000
const REQUEST_TIMEOUT_MS = 6_000
/** Every consumer has several requests open that wait for messages, and sending must not queue behind them. */
const MOST_SOCKETS = 256

export interface CallOptions {
  /** How long the server itself waits before it answers, in milliseconds. */
  readonly serverWaits?: number
  /** After how many milliseconds it is over, the fetching of credentials included. */
  readonly deadline?: number
}

/** How a command of the client is sent. */
export interface SendOptions {
  readonly abortSignal: AbortSignal
  readonly requestTimeout: number
}

type Sending<T> = (client: SQSClient, options: SendOptions) => Promise<T>

/** One client of SQS, whose faults are coded. Opens no connection before the first call. */
export class SqsConnection {
  readonly settings: SqsSettings
  readonly #client: SQSClient
  readonly #closing = new AbortController()

  constructor(settings: SqsSettings) {
    this.settings = settings
    this.#client = new SQSClient(clientConfig(settings))
    setMaxListeners(0, this.#closing.signal)
  }

  /** Asks about the server and its queues: rejects SERVER_UNREACHABLE, SERVER_LOGIN_REFUSED, QUEUE_MISSING. */
  async ask<T>(doing: string, sending: Sending<T>, options?: CallOptions): Promise<T> {
    try {
      return await this.#send(sending, options)
    } catch (error) {
      throw this.#isClosed() ? closed() : serverFault(error, doing, this.settings)
    }
  }

  /** Works on a queue that was found: rejects BROKER_FAILED, or QUEUE_MISSING when it is there no more. */
  async call<T>(doing: string, sending: Sending<T>, options?: CallOptions): Promise<T> {
    try {
      return await this.#send(sending, options)
    } catch (error) {
      throw this.#isClosed() ? closed() : operationFault(error, doing, this.settings)
    }
  }

  /** Ends what is under way with BROKER_CLOSED and lets go of all sockets. */
  close(): void {
    this.#closing.abort()
    this.#client.destroy()
  }

  async #send<T>(sending: Sending<T>, { serverWaits = 0, deadline }: CallOptions = {}): Promise<T> {
    if (this.#isClosed()) throw closed()
    const { signal } = this.#closing
    const timeout = deadline === undefined ? null : AbortSignal.timeout(deadline)
    const abortSignal = timeout === null ? signal : AbortSignal.any([signal, timeout])
    try {
      return await sending(this.#client, { abortSignal, requestTimeout: REQUEST_TIMEOUT_MS + serverWaits })
    } catch (error) {
      if (timeout?.aborted !== true) throw error
      throw Object.assign(new Error(`no answer within ${deadline} ms`), { name: 'TimeoutError' })
    }
  }

  #isClosed(): boolean {
    return this.#closing.signal.aborted
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
  const agent = { keepAlive: true, maxSockets: MOST_SOCKETS }
  return {
    region: sqsRegion,
    ...(sqsEndpoint !== '' && { endpoint: sqsEndpoint }),
    ...(sqsAccessKeyId !== '' && {
      credentials: { accessKeyId: sqsAccessKeyId, secretAccessKey: sqsSecretAccessKey },
    }),
    // A stack behind a proxy gives its queues the address that it knows itself by; ours is the one that is set.
    useQueueUrlAsEndpoint: sqsEndpoint === '',
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: { ...agent, ...(sqsCa !== null && { ca: sqsCa }) },
    },
  }
}
