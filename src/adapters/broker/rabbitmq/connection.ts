import { once } from 'node:events'
import { Connection, type Channel } from 'rabbitmq-client'
import { codeOf } from '../../connection-faults.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { Address } from './address.ts'
import { brokerFault, closed, connectFault, reasonOf } from './faults.ts'
import type { RabbitmqSettings } from './settings.ts'

/** How long one question to the server may take. */
const ANSWER_TIMEOUT_MS = 10_000
/** How long an operation waits for a lost connection to come back. */
const WAIT_FOR_CONNECTION_MS = 5_000
export const CLOSE_TIMEOUT_MS = 5_000
/**
 * RabbitMQ takes a connection for dead after two to three of these in silence, and requeues what was unacknowledged on it for the
 * next consumer then: before the writer's lease of 20 s is over. The client ends it after two.
 */
const HEARTBEAT_S = 5
/** The default of RabbitMQ is 131,072; a server that allows less than this is not known. */
const FRAME_BYTES = 8_192

/** The connection to RabbitMQ. It reconnects after a loss. */
export class RabbitmqConnection {
  /** For the client's own publisher and consumers, which come back with the connection. */
  readonly client: Connection
  /** Why the connection was lost last; null while it is there. */
  #trouble: unknown = null
  #blocked: string | null = null
  #closed = false

  private constructor(client: Connection) {
    this.client = client
    client.on('connection', () => {
      this.#trouble = null
      this.#blocked = null
    })
    client.on('error', (error: unknown) => (this.#trouble = error))
    client.on('connection.blocked', (reason) => (this.#blocked = reason))
    client.on('connection.unblocked', () => (this.#blocked = null))
  }

  /** Connects and logs in, or rejects with why not (SERVER_UNREACHABLE, SERVER_LOGIN_REFUSED) and leaves nothing open. */
  static async open(settings: RabbitmqSettings, address: Address, timeoutMs: number): Promise<RabbitmqConnection> {
    const [{ host, port }] = address.nodes
    const client = new Connection({
      hostname: host,
      port,
      ...(address.nodes.length > 1 && { hosts: address.nodes.map((node) => `${node.host}:${node.port}`) }),
      vhost: address.virtualHost,
      username: settings.rabbitmqUser,
      password: settings.rabbitmqPassword,
      ...(address.tls && { tls: { ...address.tls } }),
      connectionName: 'reval-sync',
      connectionTimeout: timeoutMs,
      acquireTimeout: WAIT_FOR_CONNECTION_MS,
      heartbeat: HEARTBEAT_S,
      frameMax: FRAME_BYTES,
      noDelay: true,
      retryLow: 100,
      retryHigh: 2_000,
    })
    const connection = new RabbitmqConnection(client)
    try {
      await connection.#connected(address, timeoutMs)
      return connection
    } catch (error) {
      client.unsafeDestroy()
      throw connectFault(error, address)
    }
  }

  /** Throws while the server takes no messages: what is sent then waits in this process without an answer. */
  assertNotBlocked(): void {
    if (this.#closed) throw closed()
    if (this.#blocked === null) return
    const message = `RabbitMQ has blocked publishing: ${this.#blocked}; free its disk or memory`
    throw new RevalError('BROKER_FAILED', message, { transient: true })
  }

  /** The loss of the connection, as far as is known why. */
  loss(): RevalError {
    const reason = this.#trouble === null ? '' : `: ${reasonOf(this.#trouble)}`
    const message = `no connection to RabbitMQ${reason}`
    return new RevalError('BROKER_FAILED', message, { transient: true, cause: this.#trouble })
  }

  /** Why an operation failed: the loss of the connection where that is the reason. */
  faultOf(error: unknown, doing: string): RevalError {
    if (error instanceof RevalError) return error
    if (this.#closed) return closed()
    return this.client.ready || this.#blocked !== null ? brokerFault(error, doing) : this.loss()
  }

  /**
   * A new channel, to be closed with `release`. Rejects BROKER_FAILED, transient, when there is no connection within
   * seconds.
   */
  async channel(doing: string): Promise<Channel> {
    if (this.#closed) throw closed()
    const acquiring = this.client.acquire({ emitErrorsFromChannel: true })
    try {
      const channel = await withTimeout(acquiring, doing)
      // The caller gets the reason; without any listener the process would die of it.
      channel.on('error', () => undefined)
      return channel
    } catch (error) {
      // It may still open; if it fails, this error has reported it.
      void acquiring.then((late) => late.close()).catch(() => undefined)
      throw this.faultOf(error, doing)
    }
  }

  /** Does something on a channel of its own, which is closed afterwards. Rejects also when there is no answer in time. */
  async withChannel<T>(doing: string, work: (channel: Channel) => Promise<T>): Promise<T> {
    const channel = await this.channel(doing)
    try {
      return await withTimeout(work(channel), doing)
    } catch (error) {
      throw this.faultOf(error, doing)
    } finally {
      await this.release(channel)
    }
  }

  /** Closes a channel; what it had not acknowledged goes back to its queue. */
  async release(channel: Channel): Promise<void> {
    await withTimeout(channel.close(), 'closing a channel', CLOSE_TIMEOUT_MS).catch(() => {
      // A server that does not answer is left alone: the heartbeat ends the connection, and the channel with it.
    })
  }

  /** Ends the connection. Close what uses `client` first. */
  async close(): Promise<void> {
    this.#closed = true
    await withTimeout(this.client.close(), 'closing the connection', CLOSE_TIMEOUT_MS).catch(() => {
      this.client.unsafeDestroy()
    })
  }

  /** The client's own wait tells only at its end why there is no connection, which a refused login need not wait for. */
  async #connected(address: Address, timeoutMs: number): Promise<void> {
    const signal = AbortSignal.timeout(timeoutMs)
    for (;;) {
      try {
        await once(this.client, 'connection', { signal })
        return
      } catch (error) {
        const late = new Error(`no answer within ${timeoutMs / 1_000} s`)
        if (signal.aborted) throw this.#trouble instanceof Error ? this.#trouble : late
        // The client goes on to the next node; it tells only of the first that failed.
        if (address.nodes.length === 1 || codeOf(error) === 'ACCESS_REFUSED') throw error
      }
    }
  }
}

/** The promise, or BROKER_FAILED when it takes longer; transient, for a server that is only slow or stopped for now. */
export async function withTimeout<T>(promise: Promise<T>, doing: string, milliseconds = ANSWER_TIMEOUT_MS): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    const message = `RabbitMQ did not answer within ${milliseconds / 1_000} s: ${doing}`
    late.reject(new RevalError('BROKER_FAILED', message, { transient: true }))
  }, milliseconds)
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
