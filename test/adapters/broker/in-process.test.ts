import { describe } from 'node:test'
import { openInProcessBroker } from '../../../src/adapters/broker/in-process/broker.ts'
import { DEFAULT_TOPOLOGY } from '../../../src/messages/topology.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { brokerContract, type BrokerFactory } from '../../contract/broker.ts'

const factory: BrokerFactory = async () => {
  const clock = new ManualClock()
  const broker = openInProcessBroker({
    topology: DEFAULT_TOPOLOGY,
    clock,
  })
  return {
    broker,
    now: () => clock.now(),
    wallClock: () => clock.now(),
    passTime: (milliseconds) => clock.advance(milliseconds),
    dispose: () => broker.close(),
  }
}

describe('the in-process broker', () => brokerContract(factory, { keepsMessages: false, exclusive: true }))
