import type { DeadLetter } from '../../../ports/broker.ts'
import { brokerFault } from './faults.ts'
import { inTime } from './in-time.ts'
import type { Link } from './link.ts'
import { letterOf } from './message.ts'

/**
 * The first messages of a dead letter queue. They are taken without being acknowledged, and go back to their places
 * when the channel closes; who else reads meanwhile misses them.
 */
export async function readDeadLetters(link: Link, queue: string, limit: number): Promise<readonly DeadLetter[]> {
  const doing = `reading the dead letters of ${queue}`
  const letters: DeadLetter[] = []
  const channel = await link.channel(doing)
  try {
    while (letters.length < limit) {
      const message = await inTime(channel.basicGet({ queue }), doing)
      if (message === undefined) break
      letters.push(letterOf(message))
    }
    return letters
  } catch (error) {
    throw brokerFault(error, doing)
  } finally {
    await link.release(channel)
  }
}
