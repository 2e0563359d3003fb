import { asRevalError, RevalError } from '../../../errors/reval-error.ts'
import { QUEUES, type Queue } from '../../../ports/broker.ts'
import type { Finding } from '../../../ports/finding.ts'
import { bindingKey, checkTopology } from '../topology.ts'
import { addressOf, shown, type Address } from './address.ts'
import type { RabbitmqBrokerOptions } from './broker.ts'
import { readDeadLetters } from './dead-letters.ts'
import {
  declareExchange,
  declareOrTakeOlder,
  declareQueue,
  described,
  findExchange,
  findQueue,
  queueVariable,
} from './declaring.ts'
import { greet } from './greeting.ts'
import { Link } from './link.ts'
import { assertQuorumQueues, CONNECT_TIMEOUT_MS } from './open-broker.ts'
import { declarationsOf } from './queue-arguments.ts'

type InspectOptions = RabbitmqBrokerOptions & {
  /** The queues that are looked at; those of RabbitMQ among them, all of them where it is left out. */
  readonly used?: readonly Queue[]
}

/** A dead letter queue of any length is named by its first letters. */
const LETTERS_SHOWN = 100

/**
 * Looks at everything that the broker of these options needs, and declares nothing. Never rejects for what it finds;
 * everything that is wrong is told at once, as far as it can be seen.
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
  const { findings, version } = await inspectNodes(address, options, connectTimeoutMs)
  if (version === null) return findings
  let link: Link
  try {
    link = await Link.open(settings, address, connectTimeoutMs)
  } catch (error) {
    return [...findings, bad('RabbitMQ login', error)]
  }
  const login = `${settings.rabbitmqUser}, virtual host ${address.virtualHost}`
  const inspection = new Inspection(options, link, version)
  try {
    const inside = [await inspection.exchange()]
    for (const queue of options.used ?? QUEUES) {
      if (bindingKey(topology, queue) !== null) inside.push(...(await inspection.queue(queue)))
    }
    return [...findings, good('RabbitMQ login', login), ...inside]
  } finally {
    await link.close()
  }
}

/** Every node by itself: one that is away only weakens a cluster whose others are there. */
async function inspectNodes(
  address: Address,
  { settings, queues }: InspectOptions,
  timeoutMs: number,
): Promise<{ findings: Finding[]; version: string | null }> {
  let version: string | null = null
  const findings: Finding[] = []
  for (const node of address.nodes) {
    const what = `RabbitMQ at ${shown(node)}`
    try {
      const greeting = await greet(address, node, timeoutMs)
      version ??= greeting.version
      findings.push(good(what, `${greeting.product} ${greeting.version}${address.tls ? ', with TLS' : ''}`))
      if (queues === 'declare' && settings.rabbitmqQueueType === 'quorum') assertQuorumQueues(greeting.version)
    } catch (error) {
      findings.push(bad(what, error))
    }
  }
  const others = version === null ? 'bad' : 'doubtful'
  const standing = (finding: Finding): Finding =>
    finding.found.startsWith('SERVER_UNREACHABLE') ? { ...finding, standing: others } : finding
  return { findings: findings.map(standing), version }
}

/** Looks at what is at the server. */
class Inspection {
  readonly #options: InspectOptions
  readonly #link: Link
  readonly #version: string

  constructor(options: InspectOptions, link: Link, version: string) {
    this.#options = options
    this.#link = link
    this.#version = version
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
      return { what, standing: 'good', found: `exists; ${differs.message}` }
    }
    const remedy = goesByKeys
      ? 'Set REVAL_QUEUES=passive, or set REVAL_EXCHANGE to another exchange.'
      : 'Set REVAL_EXCHANGE to a direct exchange.'
    return { ...bad(what, differs), remedy }
  }

  /** The queue, and what lies in its dead letter queue. */
  async queue(queue: Queue): Promise<readonly Finding[]> {
    const { topology, settings, queues: mode } = this.#options
    const { main, deadLetters, retry } = declarationsOf(queue, { topology, settings, version: this.#version })
    const what = `queue ${main.queue}`
    const found = await this.#ask(what, (channel) => findQueue(channel, main.queue, described(main.queue, queue)))
    const findings: Finding[] = []
    if (found instanceof RevalError) findings.push(this.#missing(what, found, queueVariable(queue)))
    else {
      const state = `${count(found.messageCount, 'message')} waiting, ${count(found.consumerCount, 'consumer')}`
      const asDeclared = mode === 'declare' ? await coded(() => declareOrTakeOlder(this.#link, main)) : true
      if (asDeclared instanceof RevalError) findings.push(bad(what, asDeclared, state))
      else findings.push(asDeclared ? good(what, state) : sharable(what, state))
    }
    for (const own of [deadLetters, retry]) findings.push(...(await this.#own(own, own === deadLetters)))
    return findings
  }

  /** A queue that only this system has: declared when it is missing, in either mode. */
  async #own(declaration: Parameters<typeof declareQueue>[1], holdsDeadLetters: boolean): Promise<readonly Finding[]> {
    const what = `queue ${declaration.queue}`
    const found = await this.#ask(what, (channel) => findQueue(channel, declaration.queue, what))
    if (found instanceof RevalError) {
      return found.code === 'QUEUE_MISSING'
        ? [good(what, 'not found; will be declared if the user may')]
        : [bad(what, found)]
    }
    const differs =
      this.#options.queues === 'declare' ? await this.#ask(what, (channel) => declareQueue(channel, declaration)) : null
    if (differs instanceof RevalError) return [bad(what, differs)]
    if (found.messageCount === 0 || !holdsDeadLetters) {
      return [good(what, `${count(found.messageCount, 'message')} waiting`)]
    }
    return [await this.#letters(what, declaration.queue, found.messageCount)]
  }

  async #letters(what: string, name: string, total: number): Promise<Finding> {
    try {
      const letters = await readDeadLetters(this.#link, name, Math.min(total, LETTERS_SHOWN))
      const codes = Map.groupBy(letters, ({ code }) => code)
      const counts = [...codes].map(([code, { length }]) => `${code} ${length}`).join(', ')
      const first = letters[0] === undefined ? '' : `; oldest: ${letters[0].code}: ${letters[0].reason}`
      const found = `${count(total, 'dead letter')} (${counts})${first}`
      const remedy =
        'Messages that could not be processed. See the reasons, fix the sender, then remove them from the queue.'
      return { what, standing: 'doubtful', found, remedy }
    } catch (error) {
      return bad(what, error)
    }
  }

  #missing(what: string, error: RevalError, variable: string): Finding {
    if (error.code !== 'QUEUE_MISSING') return bad(what, error)
    if (this.#options.queues === 'declare') return good(what, 'not found; will be declared')
    const remedy = `Create it in RabbitMQ, correct its name in ${variable}, or set REVAL_QUEUES=declare.`
    return { ...bad(what, error), remedy }
  }

  /** Each question on a channel of its own, because a refusal closes the channel. */
  async #ask<T>(what: string, ask: Parameters<typeof Link.prototype.withChannel<T>>[1]): Promise<T | RevalError> {
    return coded(() => this.#link.withChannel(`inspecting ${what}`, ask))
  }
}

async function coded<T>(ask: () => Promise<T>): Promise<T | RevalError> {
  try {
    return await ask()
  } catch (error) {
    return asRevalError(error)
  }
}

function good(what: string, found: string): Finding {
  return { what, standing: 'good', found }
}

function bad(what: string, error: unknown, state?: string): Finding {
  const { code, message, remedy } = asRevalError(error)
  return { what, standing: 'bad', found: `${code}: ${message}${state === undefined ? '' : `; ${state}`}`, remedy }
}

/** A queue of an earlier version, which RabbitMQ itself does not keep to one consumer. */
function sharable(what: string, state: string): Finding {
  const found = `${state}; declared by an older version without x-single-active-consumer`
  const remedy =
    'It works. In a cluster, delete it once it is empty so that it is redeclared; otherwise, if a node is lost, the next writer may wait until that node is back.'
  return { what, standing: 'doubtful', found, remedy }
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
