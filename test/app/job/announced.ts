import type { Worker } from '../../../src/app/worker.ts'
import { until } from './workplace.ts'

/** A hint for every person and number of the few sources, before or after they changed. */
export const PERSONS = Array.from({ length: 20 }, (_, at) => ({ tcsPersonId: at + 1 }))
const DOCTORS = Array.from({ length: 27 }, (_, at) => ({
  operationType: 'replace',
  documentKey: { _id: String(7_000_001 + at) },
}))

const bodyOf = (content: unknown) => ({ body: Buffer.from(JSON.stringify(content)), attributes: {} })

/** Announces everything, and resolves once it is acknowledged. */
export async function announceAll({ context: { broker } }: Worker): Promise<void> {
  for (const person of PERSONS) await broker.publish('traineeChanged', bodyOf(person))
  await broker.publish('doctorChanged', bodyOf(DOCTORS))
  await acknowledged(broker)
}

/** Resolves once no change waits. */
async function acknowledged(broker: Worker['context']['broker']): Promise<void> {
  await until(async () => {
    const depths = [await broker.depth('traineeChanged'), await broker.depth('doctorChanged')]
    return depths.every(({ waiting, unacknowledged }) => waiting + unacknowledged === 0)
  })
}
