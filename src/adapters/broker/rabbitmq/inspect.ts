import { asRevalError, RevalError } from '../../../errors/reval-error.ts'
import { QUEUES, type Queue } from '../../../ports/broker.ts'
import type { Finding } from '../../../ports/finding.ts'
import { bindingKey, checkTopology, queueVariable } from '../topology.ts'
import { addressOf, shown, type Address, type Node } from './address.ts'
import type { RabbitmqBrokerOptions } from './broker.ts'
import { RabbitmqConnection } from './connection.ts'
import { readDeadLetters } from './dead-letters.ts'
import { declareExchange, declareQueue, described, findExchange, findQueue } from './declaring.ts'
import { CONNECT_TIMEOUT_MS } from './open.ts'
import { declarationsOf } from './queue-arguments.ts'

interface InspectOptions extends RabbitmqBrokerOptions {
  /** The queues that are looked at; those of RabbitMQ among them, all of them where it is left out. */
  readonly used?: readonly Queue[]
}

/** A dead letter queue of any length is named by its first letters. */
const LETTERS_SHOWN = 100

/**
 * Looks at everything that the broker of these options needs, and declares nothing. Never rejects for what it finds;
 * it reports everything that is wrong at once, as far as it can be seen.
 */
export async function inspectRabbitmq(options: InspectOptions): Promise<readonly Finding[]> {
  const { settings, topology, connectTimeoutMs = CONNECT_TIMEOUT_MS } = options
  let address: Address
  try {
    checkTopology(topology)
    address = addressOf(settings)
  } catch (error) {
    return [bad('RabbitMQ', error)]
  }
  const nodes = await Promise.all(address.nodes.map((node) => inspectNode(address, node, settings, connectTimeoutMs)))
  const findings = nodes.map(({ finding }) => finding)
  const [connection, ...others] = nodes.flatMap((node) => node.connection ?? [])
  await Promise.all(others.map((other) => other.close()))
  if (connection === undefined) return findings
  const inspection = new Inspection(options, connection)
  try {
    const inside = [await inspection.exchange()]
    for (const queue of options.used ?? QUEUES) {
      if (bindingKey(topology, queue) !== null) inside.push(...(await inspection.queue(queue)))
    }
    // A node that is away only weakens a cluster whose others are there.
    return [...findings.map(weakened), ...inside]
  } finally {
    await connection.close()
  }
}

async function inspectNode(
  address: Address,
  node: Node,
  settings: RabbitmqBrokerOptions['settings'],
  timeoutMs: number,
): Promise<{ readonly finding: Finding; readonly connection: RabbitmqConnection | null }> {
  const what = `RabbitMQ at ${shown(node)}`
  try {
    const connection = await RabbitmqConnection.open(settings, { ...address, nodes: [node] }, timeoutMs)
    const login = `logged in as ${settings.rabbitmqUser}, virtual host ${address.virtualHost}`
    return { finding: good(what, `${login}${address.tls ? ', with TLS' : ''}`), connection }
  } catch (error) {
    return { finding: bad(what, error), connection: null }
  }
}

function weakened(finding: Finding): Finding {
  return finding.found.startsWith('SERVER_UNREACHABLE') ? { ...finding, status: 'warn' } : finding
}

/** Looks at what is at the server. */
class Inspection {
  readonly #options: InspectOptions
  readonly #connection: RabbitmqConnection

  constructor(options: InspectOptions, connection: RabbitmqConnection) {
    this.#options = options
    this.#connection = connection
  }

  async exchange(): Promise<Finding> {
    const { exchange } = this.#options.topology
    const what = `exchange ${exchange}`
    const found = await this.#ask(what, (channel) => findExchange(channel, exchange))
    if (found instanceof RevalError) return this.#missing(what, found, 'REVAL_EXCHANGE')
    // Nothing tells of what type an exchange is. Declared as it should be, one that is so stays as it is, and one
    // that is not is refused.
    const differs = await this.#ask(what, (channel) => declareExchange(channel, exchange))
    if (!(differs instanceof RevalError)) return good(what, 'direct, durable')
    if (differs.code !== 'QUEUE_DIFFERS' && this.#options.queues === 'declare') return bad(what, differs)
    if (differs.code !== 'QUEUE_DIFFERS') return good(what, 'exists; type unknown, the user may not declare it')
    // Of an exchange that is there all counts is that it goes by keys.
    const goesByKeys = /current is '(direct|topic)'/.test(differs.message) || !/arg 'type'/.test(differs.message)
    if (this.#options.queues === 'passive' && goesByKeys) {
      return { what, status: 'ok', found: `exists; ${differs.message}` }
    }
    const remedy = goesByKeys
      ? 'Set REVAL_QUEUES=passive, or set REVAL_EXCHANGE to another exchange.'
      : 'Set REVAL_EXCHANGE to a direct exchange.'
    return { ...bad(what, differs), remedy }
  }

  /** The queue, and what lies in its dead letter queue. */
  async queue(queue: Queue): Promise<readonly Finding[]> {
    const { topology, settings, queues: mode } = this.#options
    const { main, deadLetters } = declarationsOf(queue, { topology, settings })
    const what = `queue ${main.queue}`
    const found = await this.#ask(what, (channel) => findQueue(channel, main.queue, described(main.queue, queue)))
    const findings: Finding[] = []
    if (found instanceof RevalError) findings.push(this.#missing(what, found, queueVariable(queue)))
    else {
      const state = `${count(found.messageCount, 'message')} waiting, ${count(found.consumerCount, 'consumer')}`
      const differs = mode === 'declare' ? await this.#ask(what, (channel) => declareQueue(channel, main)) : null
      findings.push(differs instanceof RevalError ? bad(what, differs, state) : good(what, state))
    }
    return [...findings, await this.#deadLetters(deadLetters)]
  }

  /** A queue that only this system has: declared when it is missing, in either mode. */
  async #deadLetters(declaration: Parameters<typeof declareQueue>[1]): Promise<Finding> {
    const what = `queue ${declaration.queue}`
    const found = await this.#ask(what, (channel) => findQueue(channel, declaration.queue, what))
    if (found instanceof RevalError) {
      return found.code === 'QUEUE_MISSING'
        ? good(what, 'not found; will be declared if the user may')
        : bad(what, found)
    }
    const differs =
      this.#options.queues === 'declare' ? await this.#ask(what, (channel) => declareQueue(channel, declaration)) : null
    if (differs instanceof RevalError) return bad(what, differs)
    if (found.messageCount === 0) return good(what, 'empty')
    return this.#letters(what, declaration.queue, found.messageCount)
  }

  async #letters(what: string, name: string, total: number): Promise<Finding> {
    try {
      const letters = await readDeadLetters(this.#connection, name, Math.min(total, LETTERS_SHOWN))
      const codes = Map.groupBy(letters, ({ code }) => code)
      const counts = [...codes].map(([code, { length }]) => `${code} ${length}`).join(', ')
      const first = letters[0] === undefined ? '' : `; oldest: ${letters[0].code}: ${letters[0].reason}`
      const found = `${count(total, 'dead letter')} (${counts})${first}`
      const remedy =
        'Messages that could not be processed. See the reasons, fix the sender, then remove them from the queue.'
      return { what, status: 'warn', found, remedy }
    } catch (error) {
      return bad(what, error)
    }
  }

  #missing(what: string, error: RevalError, variable: string): Finding {
    if (error.code !== 'QUEUE_MISSING') return bad(what, error)
    if (this.#options.queues === 'declare') return this.#willBeDeclared(what)
    const remedy = `Create it in RabbitMQ, correct its name in ${variable}, or set REVAL_QUEUES=declare.`
    return { ...bad(what, error), remedy }
  }

  #willBeDeclared(what: string): Finding {
    const found = 'not found; will be declared'
    if (this.#options.settings.rabbitmqQueueType !== 'transient' || !what.startsWith('queue ')) return good(what, found)
    const remedy =
      'Amazon MQ refuses such queues from RabbitMQ 4.3 on, also where the Java services declare them. There, set REVAL_RABBITMQ_QUEUE_TYPE=classic.'
    return { what, status: 'warn', found: `${found}, neither durable nor exclusive`, remedy }
  }

  /** Each question on a channel of its own, because a refusal closes the channel. */
  async #ask<T>(
    what: string,
    ask: Parameters<typeof RabbitmqConnection.prototype.withChannel<T>>[1],
  ): Promise<T | RevalError> {
    try {
      return await this.#connection.withChannel(`inspecting ${what}`, ask)
    } catch (error) {
      return asRevalError(error)
    }
  }
}

function good(what: string, found: string): Finding {
  return { what, status: 'ok', found }
}

function bad(what: string, error: unknown, state?: string): Finding {
  const { code, message, remedy } = asRevalError(error)
  return { what, status: 'fail', found: `${code}: ${message}${state === undefined ? '' : `; ${state}`}`, remedy }
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
