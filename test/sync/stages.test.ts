import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { COMMANDS } from '../../src/messages/command.ts'
import { DEFAULT_TOPOLOGY } from '../../src/messages/topology.ts'
import type { Queue } from '../../src/ports/broker.ts'
import { SERVICE_NAMES, STAGES, type ClaimedStage, type SendStage } from '../../src/ports/run-ledger.ts'
import { commandQueueOf, queuesOf, SENDERS, STAGE_FACTS } from '../../src/sync/stages.ts'

const CLAIMED = Object.keys(STAGE_FACTS) as ClaimedStage[]
const SENT = Object.keys(SENDERS) as SendStage[]
const queuesOfRoute = (route: keyof typeof DEFAULT_TOPOLOGY.routes): readonly Queue[] =>
  DEFAULT_TOPOLOGY.routes[route].queues

describe('what each stage consists of', () => {
  test('is listed in the order of the stages', () => {
    assert.deepEqual(
      CLAIMED,
      STAGES.filter((stage) => stage in STAGE_FACTS),
    )
    assert.deepEqual(
      SENT,
      CLAIMED.filter((stage) => stage in SENDERS),
    )
  })

  for (const stage of CLAIMED) {
    const { command, services } = STAGE_FACTS[stage]
    test(`the command of ${stage} reaches the queue of each of its services, and no other`, () => {
      assert.deepEqual(
        services.map(({ commands }) => commands),
        queuesOfRoute(command),
      )
    })
    for (const { service, commands } of services) {
      test(`${service} receives the command of ${stage} from ${commands}`, () => {
        assert.equal(commandQueueOf(stage, service), commands)
        assert.ok(queuesOf([service]).includes(commands))
      })
    }
  }

  for (const stage of SENT) {
    const { service, data } = SENDERS[stage]
    test(`${service}, which sends ${stage}, is the service of that stage`, () => {
      assert.deepEqual(
        STAGE_FACTS[stage].services.map((each) => each.service),
        [service],
      )
    })
    test(`${stage} go over ${data} from ${service} to integration, and nowhere else`, () => {
      assert.deepEqual(queuesOfRoute(data), [data])
      assert.deepEqual(
        SERVICE_NAMES.filter((name) => queuesOf([name]).includes(data)),
        ['integration', service],
      )
    })
  }

  test('there is a stage for each command', () => {
    assert.deepEqual(
      CLAIMED.map((stage) => STAGE_FACTS[stage].command),
      [...COMMANDS],
    )
  })

  test('a service that does not work on a stage has no queue for its command', () => {
    for (const stage of CLAIMED) {
      const services: readonly string[] = STAGE_FACTS[stage].services.map(({ service }) => service)
      const others = SERVICE_NAMES.filter((service) => !services.includes(service))
      for (const service of others) assert.throws(() => commandQueueOf(stage, service), { code: 'INTERNAL' }, service)
    }
  })
})
