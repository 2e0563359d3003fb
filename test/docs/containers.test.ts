import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readConfig } from '../../src/config/config.ts'
import type { Role } from '../../src/config/roles.ts'
import { SETTINGS } from '../../src/config/settings.ts'
import { SERVICE_NAMES } from '../../src/ports/run-ledger.ts'
import { needsOf, type Need } from '../../src/ports/services.ts'
import { faultsOf } from '../config/faults-of.ts'
import { mapAt, readCompose, textOf, textsOf } from './compose-file.ts'

const ROOT = join(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')
const compose = readCompose(read('compose.yaml'))
const dockerfile = read('Dockerfile')
const services = mapAt(compose, 'services')

const SERVER_OF: Readonly<Record<Need, readonly string[]>> = {
  broker: ['rabbitmq'],
  'doctor queue': ['sqs'],
  'trainee source': ['mysql'],
  'doctor source': ['mongodb'],
  'exception source': ['mongodb'],
  ledger: ['search'],
  'index store': ['search'],
  workspace: [],
}
/** The servers of each service, with live changes. */
const SERVERS_OF: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  SERVICE_NAMES.map((service) => [
    service,
    [...new Set([...needsOf([service], { liveChanges: true })].flatMap((need) => SERVER_OF[need]))],
  ]),
)
const TOKEN = 'a token of sufficient length'

/** The environment of a service in compose.yaml, with an operator token filled in. */
function environmentOf(service: string): Record<string, string> {
  const given = Object.entries(mapAt(compose, 'services', service, 'environment'))
  return Object.fromEntries(given.map(([name, value]) => [name, textOf(value).replace(/^\$\{.*\}$/, TOKEN)]))
}

test('every REVAL_ variable in compose.yaml and the Dockerfile is a setting', () => {
  const known = Object.values(SETTINGS).map(({ variable }): string => variable)
  const named = [...(read('compose.yaml') + dockerfile).matchAll(/\bREVAL_[A-Z_]+/g)].map(([name]) => name)
  assert.ok(named.length > 50)
  assert.deepEqual(
    named.filter((name) => !known.includes(name)),
    [],
  )
})

test('docs/operations.md lists the servers of each service', () => {
  const rows = [...read('docs/operations.md').matchAll(/^\| (\w+) +\| ([^|]+?) +\| (?:one|two) or more/gm)]
  const listed = rows.map(([, service = '', servers = '']) => {
    const names = servers.split(', ').map((server) => server.toLowerCase().replace(' engine', ''))
    return [service, names.toSorted()]
  })
  assert.deepEqual(
    listed,
    Object.entries(SERVERS_OF).map(([service, servers]) => [service, servers.toSorted()]),
  )
})

for (const [service, servers] of Object.entries(SERVERS_OF)) {
  test(`compose.yaml configures ${service} completely, with only its own servers`, () => {
    const environment = environmentOf(service)
    const config = readConfig(environment, {}, [service as Role])
    assert.equal(config.backends, 'servers')
    assert.deepEqual(config.javaPeers, [])
    assert.deepEqual(textsOf(mapAt(compose, 'services', service).command), ['start', service])

    const prefixes = ['rabbitmq', 'sqs', 'mysql', 'mongodb', 'search'].filter((server) => !servers.includes(server))
    const foreign = Object.keys(environment).filter((name) =>
      prefixes.some((server) => name.startsWith(`REVAL_${server.toUpperCase()}_`)),
    )
    assert.deepEqual(foreign, [])
    const addresses = Object.values(environment).flatMap((value) => /:\/\/([a-z]+):\d+/.exec(value)?.[1] ?? [])
    assert.deepEqual(addresses.toSorted(), servers.toSorted())
    assert.deepEqual(Object.keys(mapAt(compose, 'services', service, 'depends_on')).toSorted(), servers.toSorted())
  })
}

test('the reval service of compose.yaml is configured for every command', () => {
  const roles = [...Object.keys(SERVERS_OF), 'reader'] as Role[]
  assert.equal(readConfig(environmentOf('reval'), {}, roles).backends, 'servers')
})

test('databases are filled from the checkout; image and package contain no code for it', () => {
  const { fillWith, backends, servers } = readConfig(environmentOf('fill'))
  assert.deepEqual(
    [backends, servers.mysqlUrl, servers.mongodbUrl],
    ['servers', 'mysql://mysql:3306/tcs', 'mongodb://mongodb:27017/reval'],
  )
  assert.ok(existsSync(join(ROOT, fillWith)))
  const [folder = ''] = fillWith.split('/')
  assert.ok(!dockerfile.includes(folder))
  assert.ok(!read('.dockerignore').includes(folder))
  const { files } = JSON.parse(read('package.json')) as { files: readonly string[] }
  const meant = ['!docs/images', 'CHANGELOG.md', 'LICENSE', 'README.md', 'bin', 'deploy', 'dist', 'docs', 'ops']
  assert.deepEqual(files.toSorted(), meant)
  for (const service of [...Object.keys(SERVERS_OF), 'reval']) assert.ok(!('REVAL_FILL_WITH' in environmentOf(service)))
})

test('compose.yaml waits for the health of exactly the servers with a health check', () => {
  for (const service of Object.keys(services)) {
    for (const [server, needed] of Object.entries(mapAt(compose, 'services', service, 'depends_on'))) {
      const seen = 'healthcheck' in mapAt(compose, 'services', server)
      assert.equal(mapAt(needed).condition, seen ? 'service_healthy' : 'service_started', `${service} and ${server}`)
    }
  }
})

test('the operator token has no default, and integration refuses to bind beyond loopback without it', () => {
  const written = mapAt(compose, 'services', 'integration', 'environment').REVAL_OPERATOR_TOKEN
  assert.match(textOf(written), /^\$\{REVAL_OPERATOR_TOKEN:\?.+\}$/)
  const faults = faultsOf(() => readConfig({ ...environmentOf('integration'), REVAL_OPERATOR_TOKEN: '' }))
  assert.deepEqual(
    faults.map(({ setting }) => setting),
    ['REVAL_HOST'],
  )
})

test('only the HTTP port of integration is published, on loopback', () => {
  const published = Object.keys(services).flatMap((service) =>
    textsOf(mapAt(compose, 'services', service).ports).map((port) => ({ service, port })),
  )
  const { port } = readConfig(environmentOf('integration')).http
  assert.deepEqual(published, [{ service: 'integration', port: `127.0.0.1:${port}:${port}` }])
})

test('the image has the Node version of package.json, an unprivileged user, and a health check on its port', () => {
  const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } }
  const nodes = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image)
  assert.deepEqual(new Set(nodes), new Set([`node:${engines.node.replace('>=', '')}-slim`]))
  assert.match(dockerfile, /^USER node$/m)
  assert.match(dockerfile, new RegExp(`REVAL_PORT \\|\\| ${SETTINGS.port.fallback}\\) \\+ '/health/live'`))
})

test('every file that the Dockerfile copies exists and is allowed by .dockerignore', () => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files = '']) => files.split(' '))
  const allowed = read('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1))
  assert.deepEqual(new Set(copied), new Set(allowed))
  assert.ok(copied.every((file) => existsSync(join(ROOT, file))))
})
