import { setTimeout as pause } from 'node:timers/promises'
import type { Broker, Consumer, Delivery, OutgoingMessage, Queue } from '../../../src/ports/broker.ts'

const LONGEST_WAIT = 10_000

/** A message whose body is the text as JSON. */
export function messageOf(text: string, attributes: Record<string, string> = {}): OutgoingMessage {
  return { body: new TextEncoder().encode(JSON.stringify(text)), attributes }
}

export function textOf({ body }: Pick<OutgoingMessage, 'body'>): unknown {
  return JSON.parse(new TextDecoder().decode(body))
}

/** The promise, or an error naming what did not happen in time. */
export async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  const settled = new AbortController()
  const timeout = pause(LONGEST_WAIT, undefined, { signal: settled.signal }).then(() => {
    throw new Error(`waited ${LONGEST_WAIT} ms for ${what}`)
  })
  try {
    return await Promise.race([promise, timeout])
  } finally {
    settled.abort()
    await timeout.catch(() => undefined)
  }
}

/** The probe's result once it is as wanted, or its last one: for figures that brokers update late. */
export async function eventually<T>(
  probe: () => Promise<T>,
  wanted: (value: T) => boolean,
  longestMs = LONGEST_WAIT,
): Promise<T> {
  const end = performance.now() + longestMs
  let value = await probe()
  while (!wanted(value) && performance.now() < end) {
    await pause(20)
    value = await probe()
  }
  return value
}

/** A consumer that holds its deliveries until the test ends them. */
export class Inbox {
  readonly begun: Delivery[] = []
  readonly troubles: Error[] = []
  #taken = 0
  #wakes: (() => void)[] = []

  static async open(
    broker: Broker,
    queue: Queue,
    prefetch = 10,
    exclusive = false,
  ): Promise<Inbox & { readonly consumer: Consumer }> {
    const inbox = new Inbox()
    const onTrouble = (error: Error) => inbox.troubles.push(error)
    const options = { prefetch, exclusive, onTrouble }
    const consumer = await broker.consume(queue, options, (delivery) => inbox.#keep(delivery))
    return Object.assign(inbox, { consumer })
  }

  /** The next delivery not taken yet. */
  async take(): Promise<Delivery> {
    const index = this.#taken++
    for (;;) {
      const delivery = this.begun[index]
      if (delivery !== undefined) return delivery
      await within(new Promise<void>((resolve) => this.#wakes.push(resolve)), `delivery ${index + 1}`)
    }
  }

  async takeAll(count: number): Promise<Delivery[]> {
    const deliveries: Delivery[] = []
    while (deliveries.length < count) deliveries.push(await this.take())
    return deliveries
  }

  #keep(delivery: Delivery): void {
    this.begun.push(delivery)
    for (const wake of this.#wakes.splice(0)) wake()
  }
}
