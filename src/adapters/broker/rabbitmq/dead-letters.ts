import type { DeadLetter } from '../../../ports/broker.ts'
import type { RabbitmqConnection } from './connection.ts'
import { findQueue } from './declaring.ts'
import { deadLetterOf } from './message.ts'

/**
 * The first messages of a dead letter queue. They are taken without being acknowledged, and go back to their places
 * when the channel closes; other readers miss them meanwhile.
 */
export function readDeadLetters(connection: RabbitmqConnection, queue: string, limit: number): Promise<DeadLetter[]> {
  return connection.withChannel(`reading the dead letters of ${queue}`, async (channel) => {
    const letters: DeadLetter[] = []
    while (letters.length < limit) {
      const message = await channel.basicGet({ queue })
      if (message === undefined) break
      letters.push(deadLetterOf(message))
    }
    return letters
  })
}

/**
 * Acknowledges the messages with these ids; the others go back to their places when the channel closes. Only the chosen
 * ones are ever acknowledged, so a crash loses no other.
 */
export function removeDeadLetters(
  connection: RabbitmqConnection,
  queue: string,
  ids: readonly string[],
): Promise<number> {
  const doing = `removing dead letters of ${queue}`
  return connection.withChannel(doing, async (channel) => {
    const wanted = new Set(ids)
    let removed = 0
    while (wanted.size > 0) {
      const message = await channel.basicGet({ queue })
      if (message === undefined) break
      if (!wanted.delete(deadLetterOf(message).id)) continue
      channel.basicAck({ deliveryTag: message.deliveryTag })
      removed += 1
    }
    // Acknowledgements have no answer; a question after them is answered once they were handled.
    await findQueue(channel, queue, `queue ${queue}`)
    return removed
  })
}
