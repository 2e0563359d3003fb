import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { deployedService, faultsAmong, readObjects } from './kubernetes-objects.ts'
import { faultsOf } from './rules.ts'
import { objectsOf, render, schemaFaults, yamlFaults } from './tools.ts'

/** The oldest version with every field that the manifests use, and the newest that has schemas. */
const VERSIONS = ['1.31.0', '1.37.0']

/** Every fault of the rendered objects, apart from the schemas. */
async function allFaults(yaml: string): Promise<readonly string[]> {
  const objects = readObjects(await objectsOf(yaml))
  const inPods = objects.deployments.flatMap((deployment) =>
    faultsOf(deployedService(objects, deployment)).map((fault) => `${deployment.metadata.name} ${fault}`),
  )
  return [...faultsAmong(objects), ...inPods]
}

describe('the example for Kubernetes', () => {
  let yaml = ''
  before(async () => {
    yaml = await render('deploy/kubernetes/example')
  })

  for (const version of VERSIONS) {
    test(`is valid for Kubernetes ${version}`, async () => {
      assert.equal(await schemaFaults(yaml, version), '')
    })
  }

  test('keeps our rules', async () => {
    assert.deepEqual(await allFaults(yaml), [])
  })

  test('is YAML without keys given twice', async () => {
    assert.equal(await yamlFaults('deploy/kubernetes'), '')
  })

  test('the base alone is valid, and lacks only the addresses of the servers', async () => {
    const base = await render('deploy/kubernetes/base')
    assert.equal(await schemaFaults(base, '1.37.0'), '')
    const faults = await allFaults(base)
    assert.ok(faults.length > 0)
    assert.deepEqual(
      faults.filter((fault) => !/^reval-\w+ REVAL_(RABBITMQ|MYSQL|MONGODB|SEARCH)_URL must be set/.test(fault)),
      [],
    )
  })
})

/** A mistake in the rendered example: what is replaced everywhere, by what, and what is said of it. */
const MISTAKES: readonly (readonly [from: string | RegExp, to: string, said: RegExp])[] = [
  [/runAsNonRoot: true/g, 'runAsNonRoot: false', /^reval-tcs may run as root$/],
  [/runAsUser: 1000/g, 'runAsUser: 0', /^reval-integration may run as root$/],
  [/readOnlyRootFilesystem: true/g, 'readOnlyRootFilesystem: false', /^reval-tcs the root of its files is writable$/],
  [/drop:\n\s+- ALL/g, 'drop: []', /keeps capabilities$/],
  [/allowPrivilegeEscalation: false/g, 'allowPrivilegeEscalation: true', /may gain privileges$/],
  [/terminationGracePeriodSeconds: 60/g, 'terminationGracePeriodSeconds: 30', /has 30 s to stop$/],
  [/automountServiceAccountToken: false/g, 'automountServiceAccountToken: true', /has the token/],
  [/enableServiceLinks: false/g, 'enableServiceLinks: true', /gets variables of Services$/],
  [/memory: 1280Mi/g, 'memory: 256Mi', /less than its heap may take$/],
  ['emptyDir:\n          sizeLimit: 1Gi', 'emptyDir:\n          medium: Memory', /^reval-integration may write to ""/],
  ['mountPath: /data/scratch', 'mountPath: /scratch', /^reval-integration may write to "\/scratch"/],
  ['REVAL_LOG_FORMAT:', 'REVAL_LOG_FROMAT:', /^reval-\w+ REVAL_LOG_FROMAT /],
  ['REVAL_MYSQL_URL:', 'REVAL_MYSQL_CA:', /^reval-tcs REVAL_MYSQL_URL must be set/],
  ['REVAL_MYSQL_TLS: verify', 'REVAL_MYSQL_TLS: "off"', /^reval-tcs speaks to mysql without TLS$/],
  ['REVAL_PORT: "8088"', 'REVAL_PORT: "8090"', /^reval-tcs has the ports 8088, listens on 8090$/],
  ['/health/tcs/ready', '/health/integration/ready', /^reval-tcs is checked at \/health\/integration\/ready$/],
  ['REVAL_SQS_REGION: eu-west-2', 'REVAL_SQS_SECRET_ACCESS_KEY: abc', /REVAL_SQS_SECRET_ACCESS_KEY is in plain text$/],
  ['amqps://mq.example.org:5671', 'amqps://mq.example.org:5673', /may not connect to port 5673$/],
  ['replicas: 2', 'replicas: 1', /^there are the deployments .*reval-integration 1/],
  [/prometheus.io\/port: "8088"/g, 'prometheus.io/port: "9090"', /is scraped at true,9090/],
]

describe('a mistake in the manifests is found', () => {
  let yaml = ''
  before(async () => {
    yaml = await render('deploy/kubernetes/example')
  })

  for (const [from, to, said] of MISTAKES) {
    test(to.replaceAll(/\s+/g, ' '), async () => {
      const broken = yaml.replace(from, to)
      assert.notEqual(broken, yaml)
      const faults = await allFaults(broken)
      assert.ok(
        faults.some((fault) => said.test(fault)),
        faults.join('\n'),
      )
    })
  }

  test('a field that Kubernetes does not have, a wrong type, and a word that it does not know', async () => {
    for (const [from, to] of [
      ['readOnlyRootFilesystem', 'readonlyRootFilesystem'],
      ['replicas: 2', 'replicas: two'],
      ['maxUnavailable: 1', 'maxUnavailble: 1'],
    ] as const) {
      const broken = yaml.replace(from, to)
      assert.notEqual(broken, yaml)
      assert.notEqual(await schemaFaults(broken, '1.37.0'), '', to)
    }
  })
})
