import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { SERVICE_NAMES } from '../../src/ports/run-ledger.ts'
import { faultsOf } from './rules.ts'
import { deployedService, faultsIn, readTaskDefinition } from './task-definition.ts'
import { ROOT, taskDefinitionFaults } from './tools.ts'

const FOLDER = join(ROOT, 'deploy/ecs')
const textOf = (service: string) => readFileSync(join(FOLDER, `${service}.json`), 'utf8')

async function allFaults(text: string): Promise<readonly string[]> {
  const json: unknown = JSON.parse(text)
  const refused = await taskDefinitionFaults(json)
  if (refused.length > 0) return refused
  const definition = readTaskDefinition(json)
  return [...faultsIn(definition), ...faultsOf(deployedService(definition))]
}

test('there is a task definition for each service', () => {
  const files = readdirSync(FOLDER).toSorted()
  assert.deepEqual(files, SERVICE_NAMES.map((service) => `${service}.json`).toSorted())
})

for (const service of SERVICE_NAMES) {
  test(`the task definition of ${service} is one for ECS, and keeps our rules`, async () => {
    assert.deepEqual(await allFaults(textOf(service)), [])
  })
}

/** A mistake in integration's task definition: what is replaced, by what, and what is said of it. */
const MISTAKES: readonly (readonly [from: string | RegExp, to: string, said: RegExp])[] = [
  ['"essential"', '"esential"', /Unknown parameter/],
  ['"stopTimeout": 60', '"stopTimeout": "60"', /Invalid type/],
  ['"family": "reval-integration",', '', /Missing required parameter/],
  ['"awsvpc"', '"awsvpcc"', /networkMode: awsvpcc, expected one of/],
  ['"logDriver": "awslogs"', '"logDriver": "awslog"', /logDriver: awslog, expected one of/],
  ['"user": "1000:1000"', '"user": "0"', /^may run as root$/],
  ['"user": "1000:1000",', '', /^may run as root$/],
  ['"readonlyRootFilesystem": true,', '', /^the root of its files is writable$/],
  ['"readOnly": false', '"readOnly": true', /^may write to ""/],
  ['"containerPath": "/data/scratch"', '"containerPath": "/scratch"', /^may write to "\/scratch"/],
  ['"memory": "2048"', '"memory": "1024"', /^Fargate has no 1024 MiB for 1024$/],
  ['"stopTimeout": 60,', '', /^has 30 s to stop$/],
  [
    /"arn:aws:secretsmanager[^"]+rabbitmq[^"]+:password::"/,
    '"guest"',
    /^REVAL_RABBITMQ_PASSWORD is not a key of a secret$/,
  ],
  ['"REVAL_MONGODB_URL"', '"REVAL_MONGO_URL"', /^REVAL_MONGO_URL /],
  ['127.0.0.1:8088/health', '127.0.0.1:8090/health', /^is checked on port 8090$/],
  ['/health/integration/live', '/health/tcs/live', /^is checked at \/health\/tcs\/live$/],
  ['"awslogs-group": "/reval-sync",', '', /^does not log to awslogs$/],
]

describe('a mistake in a task definition is found', () => {
  const text = textOf('integration')
  for (const [from, to, said] of MISTAKES) {
    test(`${String(from)} ${to}`, async () => {
      const broken = text.replace(from, to)
      assert.notEqual(broken, text)
      const faults = await allFaults(broken)
      assert.ok(
        faults.some((fault) => said.test(fault)),
        faults.join('\n'),
      )
    })
  }
})
