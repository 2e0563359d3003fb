import type { Channel } from 'rabbitmq-client'
import { codeOf } from '../../connection-faults.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { Queue } from '../../../ports/broker.ts'
import { queueVariable } from '../topology.ts'
import { brokerFault, reasonOf } from './faults.ts'
import type { Declaration } from './queue-arguments.ts'

/** The steps of declaring and looking, each with errors that say what an operator does. All reject RevalErrors. */

export async function declareExchange(channel: Channel, exchange: string): Promise<void> {
  const declaring = channel.exchangeDeclare({ exchange, type: 'direct', durable: true })
  await refusing(declaring, `exchange ${exchange}`, 'declaring')
}

/** Rejects QUEUE_MISSING where the exchange is not there. */
export async function findExchange(channel: Channel, exchange: string): Promise<void> {
  const finding = channel.exchangeDeclare({ exchange, passive: true })
  await refusing(finding, `exchange ${exchange} (REVAL_EXCHANGE)`, 'looking for')
}

export async function declareQueue(channel: Channel, declaration: Declaration): Promise<void> {
  await refusing(channel.queueDeclare(declaration), `queue ${declaration.queue}`, 'declaring')
}

/** How many messages are ready in a queue, and how many consumers it has. Rejects QUEUE_MISSING if it does not exist. */
export async function findQueue(
  channel: Channel,
  name: string,
  what: string,
): Promise<{ readonly messageCount: number; readonly consumerCount: number }> {
  return refusing(channel.queueDeclare({ queue: name, passive: true }), what, 'looking for')
}

export async function bindQueue(channel: Channel, queue: string, exchange: string, key: string): Promise<void> {
  const binding = channel.queueBind({ queue, exchange, routingKey: key })
  await refusing(binding, `queue ${queue} to exchange ${exchange} with key ${key}`, 'binding')
}

/** A queue of the reference, by its name at the broker and the name that its setting follows. */
export function described(name: string, queue: Queue): string {
  return `queue ${name} (${queueVariable(queue)})`
}

async function refusing<T>(answer: Promise<T>, what: string, doing: string): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (codeOf(error) === 'NOT_FOUND') {
      throw new RevalError('QUEUE_MISSING', `${what} does not exist`, { cause: error })
    }
    if (codeOf(error) === 'PRECONDITION_FAILED') {
      const message = `${what} exists with different arguments: ${reasonOf(error)}; REVAL_QUEUES=passive uses it as is`
      throw new RevalError('QUEUE_DIFFERS', message, { cause: error })
    }
    if (/transient_nonexcl_queues/.test(reasonOf(error))) {
      const message = `this RabbitMQ refuses queues that are neither durable nor exclusive, so not ${what}; set REVAL_RABBITMQ_QUEUE_TYPE to classic or quorum: ${reasonOf(error)}`
      throw new RevalError('SERVER_UNSUITABLE', message, { cause: error })
    }
    const fault = brokerFault(error, `${doing} ${what}`)
    if (fault.code !== 'SERVER_LOGIN_REFUSED' || doing === 'looking for') throw fault
    const message = `${fault.message}; with REVAL_QUEUES=passive, shared queues are not declared`
    throw new RevalError(fault.code, message, { cause: error })
  }
}
