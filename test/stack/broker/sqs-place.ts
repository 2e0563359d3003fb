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

/** A queue of doctors that no other test sees. */
export class SqsPlace {
  readonly name = `test-${randomUUID()}`
  readonly topology: Topology = {
    ...DEFAULT_TOPOLOGY,
    queues: { ...DEFAULT_TOPOLOGY.queues, doctorData: this.name },
  }
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
    await Promise.all([this.#remove(this.name), this.#remove(`${this.name}-dlq`)])
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
