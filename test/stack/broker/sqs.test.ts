import { describe } from 'node:test'
import { brokerContract, type BrokerFactory } from '../../contract/broker.ts'
import { passTime, SqsPlace } from './sqs-place.ts'

const factory: BrokerFactory = async () => {
  const place = new SqsPlace()
  const open = () => place.open()
  return {
    broker: await open(),
    now: () => performance.now(),
    wallClock: () => Date.now(),
    passTime,
    reopen: open,
    dispose: () => place.dispose(),
  }
}

describe('SQS', () =>
  brokerContract(factory, { keepsMessages: true, exclusive: false }, [
    'doctorData',
    'doctorChanged',
    'recommendationChanged',
  ]))
