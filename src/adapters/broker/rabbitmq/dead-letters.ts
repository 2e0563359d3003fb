import type { Channel } from 'rabbitmq-client'
import type { DeadLetter } from '../../../ports/broker.ts'
import type { RabbitmqConnection } from './connection.ts'
import { findQueue } from './declaring.ts'
import { deadLetterOf } from './message.ts'

/** A quorum queue puts what it takes back behind what it took back before, so the oldest are only found among all. */
const MOST_TAKEN = 5_000

/** The oldest messages of a dead letter queue, of its first 5,000. All of those go back; other readers miss them meanwhile. */
export function readDeadLetters(connection: RabbitmqConnection, queue: string, limit: number): Promise<DeadLetter[]> {
  return connection.withChannel(`reading the dead letters of ${queue}`, async (channel) => {
    const taken: number[] = []
    let letters: DeadLetter[] = []
    while (limit > 0 && taken.length < MOST_TAKEN) {
      const message = await channel.basicGet({ queue })
      if (message === undefined) break
      taken.push(message.deliveryTag)
      letters.push(deadLetterOf(message))
      if (letters.length > 2 * limit) letters = oldest(letters, limit)
    }
    await giveBack(channel, queue, taken)
    return oldest(letters, limit)
  })
}

/** Shows `visit` every message of a dead letter queue, one by one. All go back; meanwhile other readers miss them. */
export async function visitDeadLetters(
  connection: RabbitmqConnection,
  queue: string,
  visit: (letter: DeadLetter) => void,
): Promise<void> {
  // Apart from errors of the connection: those are about the broker.
  const thrown: unknown[] = []
  await connection.withChannel(`reading all dead letters of ${queue}`, async (channel) => {
    const taken: number[] = []
    while (thrown.length === 0) {
      const message = await channel.basicGet({ queue })
      if (message === undefined) break
      taken.push(message.deliveryTag)
      try {
        visit(deadLetterOf(message))
      } catch (error) {
        thrown.push(error)
      }
    }
    await giveBack(channel, queue, taken)
  })
  if (thrown.length > 0) throw thrown[0]
}

function oldest(letters: readonly DeadLetter[], limit: number): DeadLetter[] {
  return letters.toSorted((one, other) => (one.at ?? 0) - (other.at ?? 0)).slice(0, limit)
}

/**
 * Acknowledges the messages with these ids; the others go back to their places. Only the chosen ones are ever
 * acknowledged, so a crash loses no other.
 */
export function removeDeadLetters(
  connection: RabbitmqConnection,
  queue: string,
  ids: readonly string[],
): Promise<number> {
  return connection.withChannel(`removing dead letters of ${queue}`, async (channel) => {
    const wanted = new Set(ids)
    const others: number[] = []
    while (wanted.size > 0) {
      const message = await channel.basicGet({ queue })
      if (message === undefined) break
      if (wanted.delete(deadLetterOf(message).id)) channel.basicAck({ deliveryTag: message.deliveryTag })
      else others.push(message.deliveryTag)
    }
    await giveBack(channel, queue, others)
    return new Set(ids).size - wanted.size
  })
}

/**
 * One by one: a quorum queue scrambles what it takes back all at once, as from a channel that closes.
 * Neither this nor acknowledging has an answer; a question after them is answered once they were handled.
 */
async function giveBack(channel: Channel, queue: string, deliveryTags: readonly number[]): Promise<void> {
  for (const deliveryTag of deliveryTags) channel.basicNack({ deliveryTag, requeue: true })
  await findQueue(channel, queue, `queue ${queue}`)
}
