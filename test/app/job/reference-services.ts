import type { WorkerBackends } from '../../../src/app/backends.ts'
import { doctorOf, outcomeOf } from '../../../src/domain/doctor.ts'
import { isSelected, traineeOf } from '../../../src/domain/trainee.ts'
import type { Config } from '../../../src/config/config.ts'
import { encodeDoctor } from '../../../src/messages/doctor.ts'
import { encodeTrainee } from '../../../src/messages/trainee.ts'
import type { Broker, Consumer, Route } from '../../../src/ports/broker.ts'
import { bytes, textOf } from '../../messages/bodies.ts'
import { withArrayDates } from '../../messages/captures.ts'
import { DAY } from './workplace.ts'

/** The bodies of the messages that a service of the reference sends. */
export interface Sent {
  readonly rows: readonly Uint8Array[]
  readonly end: Uint8Array
}

/** What tcs and recommendation of the reference would send of the sources: one row a message, dates as arrays. */
export async function referenceMessages(
  { traineeSource, doctorSource }: WorkerBackends,
  { rules: { trainees: selection, bodies } }: Config,
): Promise<{ trainees: Sent; doctors: Sent }> {
  const trainees: Uint8Array[] = []
  await using persons = await traineeSource.snapshot()
  for await (const batch of persons.batches(500)) {
    for (const person of batch) {
      if (isSelected(person, selection)) trainees.push(encodeTrainee(traineeOf(person, DAY, bodies)))
    }
  }
  const doctors: Uint8Array[] = []
  await using records = await doctorSource.snapshot()
  for await (const batch of records.batches(500)) {
    for (const { doctor: stored, latest, sharesNumber } of batch) {
      const doctor = doctorOf(stored)
      if (!sharesNumber) doctors.push(encodeDoctor({ doctor, outcome: outcomeOf(doctor.underNotice, latest, DAY) }))
    }
  }
  const asJavaWrites = (row: Uint8Array) => bytes(withArrayDates(textOf(row)))
  return {
    trainees: { rows: trainees.map(asJavaWrites), end: bytes('{"syncEnd":true}') },
    doctors: { rows: doctors.map(asJavaWrites), end: bytes('{"payload":null,"syncEnd":true}') },
  }
}

/** Attributes that SQS adds to a message; none of them is ours. */
const ATTRIBUTES = {
  id: '6a2f41a3-c54c-fce8-32d2-0324e1c32e22',
  timestamp: '1780315200000',
  contentType: 'application/json',
}

export type Bodies = readonly Uint8Array[] | AsyncIterable<Uint8Array>

/** Publishes bodies as the services of the reference do. */
async function sendBodies(broker: Broker, route: Route, bodies: Bodies): Promise<void> {
  const attributes = route === 'doctorData' ? ATTRIBUTES : {}
  for await (const body of inTurn(bodies)) await broker.publish(route, { body, attributes })
}

async function* inTurn(bodies: Bodies): AsyncGenerator<Uint8Array, void, undefined> {
  yield* bodies
}

const CHANNELS = { syncStart: 'traineeData', gmcSyncStart: 'doctorData' } as const

/**
 * Stands in for a sender of the reference: takes the command, forgets it at once, and sends. `bodies` gives what is
 * sent at the n-th command, from 1. What it sends when the broker is closed is lost, as there.
 */
export function standIn(
  broker: Broker,
  command: keyof typeof CHANNELS,
  bodies: (nth: number) => Bodies,
): Promise<Consumer> {
  let commands = 0
  return broker.consume(command, { prefetch: 1, onTrouble: () => undefined }, async (delivery) => {
    await delivery.acknowledge()
    await sendBodies(broker, CHANNELS[command], bodies((commands += 1)))
  })
}
