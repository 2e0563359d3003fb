import { describe } from 'node:test'
import { brokerContract } from '../../contract/broker.ts'
import { declareAsJavaDoes, placesOf } from './rabbitmq-place.ts'

const CAPABILITIES = { keepsMessages: true, ordered: true }
const ROUTES = ['traineeData', 'syncStart', 'gmcSyncStart', 'getMaster', 'traineeChanged', 'masterRowChanged'] as const

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
