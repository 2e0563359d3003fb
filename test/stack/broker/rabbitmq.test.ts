import { describe } from 'node:test'
import { brokerContract } from '../../contract/broker.ts'
import { exclusive } from '../../contract/broker/exclusive.ts'
import { declareAsJavaDoes, declareSharedQuorum, placesOf } from './rabbitmq-place.ts'

const CAPABILITIES = { keepsMessages: true, exclusive: true }
/** One that several consumers share stands for the others: it comes first. */
const ROUTES = ['syncStart', 'traineeData', 'gmcSyncStart', 'getMaster', 'traineeChanged', 'masterRowChanged'] as const

describe('RabbitMQ, quorum queues of our own', () =>
  brokerContract(placesOf({ queues: 'declare' }), CAPABILITIES, ROUTES))

describe('RabbitMQ, classic queues of our own', () => {
  const settings = { rabbitmqQueueType: 'classic' } as const
  brokerContract(placesOf({ queues: 'declare', settings }), CAPABILITIES, ROUTES)
})

describe('RabbitMQ, classic queues that are not durable, as the Java services declare them', () => {
  const settings = { rabbitmqQueueType: 'transient' } as const
  brokerContract(placesOf({ queues: 'passive', settings, before: declareAsJavaDoes }), CAPABILITIES, ROUTES)
})

describe('RabbitMQ, a quorum queue of somebody else, where consumers can only be counted', () =>
  exclusive(placesOf({ queues: 'passive', before: declareSharedQuorum }), CAPABILITIES, ['traineeData']))
