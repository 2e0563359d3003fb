import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { DeleteQueueCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs'
import { openSqsBroker, type SqsBrokerOptions } from '../../../src/adapters/broker/sqs/open.ts'
import type { SqsSettings } from '../../../src/adapters/broker/sqs/settings.ts'
import { DEFAULT_TOPOLOGY, type Topology } from '../../../src/messages/topology.ts'
import type { Broker } from '../../../src/ports/broker.ts'
import { servers } from '../servers.ts'

/** Settings that reach the stack, with short waits. */
export function settingsOf(changes: Partial<SqsSettings> = {}): SqsSettings {
  const { endpoint, region, accessKeyId, secretAccessKey } = servers.sqs
  return {
    sqsEndpoint: endpoint,
    sqsRegion: region,
    sqsAccessKeyId: accessKeyId,
    sqsSecretAccessKey: secretAccessKey,
    sqsCa: null,
    sqsMaxMessageBytes: 1_048_576,
    sqsVisibilityMs: 30_000,
    sqsWaitMs: 1_000,
    ...changes,
  }
}

/** The client that a foreign service would use. */
export function foreignClient(): SQSClient {
  const { endpoint, region, accessKeyId, secretAccessKey } = servers.sqs
  return new SQSClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } })
}

/** Queues of doctors and changes that no other test sees. */
export class SqsPlace {
  /** Of the queue of doctors. */
  readonly name = `test-${randomUUID()}`
  readonly #own = {
    doctorData: this.name,
    doctorChanged: `${this.name}-changed`,
    recommendationChanged: `${this.name}-recommendation`,
  }
  readonly topology: Topology = { ...DEFAULT_TOPOLOGY, queues: { ...DEFAULT_TOPOLOGY.queues, ...this.#own } }
  readonly client = foreignClient()
  readonly #brokers: Broker[] = []

  async open(changes: Partial<SqsBrokerOptions> = {}): Promise<Broker> {
    const broker = await openSqsBroker({
      settings: settingsOf(),
      topology: this.topology,
      queues: 'declare',
      ...changes,
    })
    this.#brokers.push(broker)
    return broker
  }

  /** Closes its brokers and removes its queues. */
  async dispose(): Promise<void> {
    await Promise.all(this.#brokers.map((broker) => broker.close()))
    const names = Object.values(this.#own).flatMap((name) => [name, `${name}-dlq`])
    await Promise.all(names.map((name) => this.#remove(name)))
    this.client.destroy()
  }

  async #remove(name: string): Promise<void> {
    try {
      const { QueueUrl } = await this.client.send(new GetQueueUrlCommand({ QueueName: name }))
      await this.client.send(new DeleteQueueCommand({ QueueUrl }))
    } catch (error) {
      // Not every test needs its queues.
      if (!(error instanceof Error && error.name === 'QueueDoesNotExist')) throw error
    }
  }
}

export async function passTime(milliseconds: number): Promise<void> {
  await pause(milliseconds)
}
