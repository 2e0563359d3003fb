import { Connection, type Channel } from 'rabbitmq-client'
import { systemCode } from '../../../errors/directory-fault.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { Address } from './address.ts'
import { brokerFault, closed, connectFault, reasonOf } from './faults.ts'
import { ANSWER_TIMEOUT_MS, inTime } from './in-time.ts'
import { keepBodiesRaw } from './raw-bodies.ts'
import type { RabbitmqSettings } from './settings.ts'

/** How long somebody who needs a channel waits for a lost connection to come back. */
const WAIT_FOR_CONNECTION_MS = 5_000
const CLOSE_TIMEOUT_MS = 5_000
/**
 * RabbitMQ takes a connection for dead after two to three of these in silence, and gives what was unended on it to the
 * next consumer then: before the writer's lease of 20 s is over.
 */
const HEARTBEAT_S = 5
/** What RabbitMQ uses unless it is told otherwise is 131,072; a server that allows less than this is not known. */
const FRAME_BYTES = 8_192

/** The connection to RabbitMQ. It comes back by itself after a loss; its channels do not. */
export class Link {
  readonly #connection: Connection
  /** Why the connection was lost last; null while it is there. */
  #trouble: unknown = null
  #blocked: string | null = null
  #closed = false

  private constructor(connection: Connection) {
    this.#connection = connection
    connection.on('connection', () => {
      this.#trouble = null
      this.#blocked = null
    })
    connection.on('error', (error: unknown) => (this.#trouble = error))
    connection.on('connection.blocked', (reason) => (this.#blocked = reason))
    connection.on('connection.unblocked', () => (this.#blocked = null))
  }

  /** Connects and logs in, or rejects with why not (SERVER_UNREACHABLE, SERVER_LOGIN_REFUSED) and leaves nothing open. */
  static async open(settings: RabbitmqSettings, address: Address, timeoutMs: number): Promise<Link> {
    const [{ host, port }] = address.nodes
    const connection = new Connection({
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
    const link = new Link(connection)
    try {
      await link.#connected(address, timeoutMs)
      return link
    } catch (error) {
      connection.unsafeDestroy()
      throw connectFault(error, address)
    }
  }

  /** Throws what keeps the connection from being used right now, if anything does. */
  assertReady(): void {
    if (this.#closed) throw closed()
    if (this.#blocked !== null) {
      const message = `RabbitMQ has blocked publishing: ${this.#blocked}; free its disk or memory`
      throw new RevalError('BROKER_FAILED', message, { transient: true })
    }
    if (!this.#connection.ready) throw this.loss()
  }

  /** The loss of the connection, as far as is known why. */
  loss(): RevalError {
    const reason = this.#trouble === null ? '' : `: ${reasonOf(this.#trouble)}`
    const cause = this.#trouble === null ? {} : { cause: this.#trouble }
    return new RevalError('BROKER_FAILED', `no connection to RabbitMQ${reason}`, { transient: true, ...cause })
  }

  /** Called whenever the connection was lost or came back: nothing is known any more of what is at the server. */
  onChange(listener: () => void): void {
    this.#connection.on('connection', listener)
    this.#connection.on('error', listener)
  }

  /**
   * A new channel, whose bodies are bytes. The caller closes it with `release`. Rejects BROKER_FAILED, transient, when
   * there is no connection within seconds.
   */
  async channel(doing: string): Promise<Channel> {
    if (this.#closed) throw closed()
    const acquiring = this.#connection.acquire({ emitErrorsFromChannel: true })
    try {
      const channel = await inTime(acquiring, doing, WAIT_FOR_CONNECTION_MS + ANSWER_TIMEOUT_MS / 2)
      // Whoever cares listens as well; without any listener the process would die of it.
      channel.on('error', () => undefined)
      return keepBodiesRaw(channel)
    } catch (error) {
      // It may come all the same, when nobody waits for it any more; a failure of that was told of just now.
      void acquiring.then((late) => late.close()).catch(() => undefined)
      throw this.#whyNot(error, doing)
    }
  }

  /** Why no channel was to be had. */
  #whyNot(error: unknown, doing: string): RevalError {
    if (this.#closed) return closed()
    return this.#connection.ready ? brokerFault(error, doing) : this.loss()
  }

  /** Does something on a channel of its own, which is closed afterwards. */
  async withChannel<T>(doing: string, work: (channel: Channel) => Promise<T>): Promise<T> {
    const channel = await this.channel(doing)
    try {
      return await inTime(work(channel), doing)
    } finally {
      await this.release(channel)
    }
  }

  /** Closes a channel; what it had not acknowledged goes back to its queue. A server that does not answer is left alone. */
  async release(channel: Channel): Promise<void> {
    const closing = channel.close()
    await inTime(closing, 'closing a channel', CLOSE_TIMEOUT_MS).catch(() => {
      // Only a connection that is as good as lost leaves this unanswered; its heartbeat ends it, and the channel too.
    })
  }

  /** Ends the connection. Channels have to be released before. */
  async close(): Promise<void> {
    this.#closed = true
    await inTime(this.#connection.close(), 'closing the connection', CLOSE_TIMEOUT_MS).catch(() => {
      this.#connection.unsafeDestroy()
    })
  }

  async #connected(address: Address, timeoutMs: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<null>()
    const onConnection = () => resolve(null)
    const onError = (error: unknown) => {
      // The client goes on to the next node; it tells only of the first that failed.
      if (address.nodes.length === 1 || systemCode(error) === 'ACCESS_REFUSED')
        reject(error instanceof Error ? error : new Error(String(error)))
    }
    const late = setTimeout(() => {
      const error = this.#trouble ?? new Error(`no answer within ${timeoutMs / 1_000} s`)
      reject(error instanceof Error ? error : new Error(reasonOf(error)))
    }, timeoutMs)
    this.#connection.on('connection', onConnection)
    this.#connection.on('error', onError)
    try {
      await promise
    } finally {
      clearTimeout(late)
      this.#connection.off('connection', onConnection)
      this.#connection.off('error', onError)
    }
  }
}
