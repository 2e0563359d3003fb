import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { filesOf, importsOf, type Import } from './imports.ts'

const SOURCE = join(import.meta.dirname, '../../src')
const IMPORTS = importsOf(SOURCE)

/** What each layer may import besides itself. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  errors: ['domain'],
  messages: ['domain', 'errors'],
  ports: ['domain', 'errors', 'messages'],
  sync: ['domain', 'errors', 'messages', 'ports'],
  services: ['domain', 'errors', 'messages', 'ports', 'sync'],
  adapters: ['domain', 'errors', 'messages', 'ports'],
  config: ['domain', 'errors', 'messages', 'ports', 'adapters'],
  app: ['domain', 'errors', 'messages', 'ports', 'sync', 'services', 'adapters', 'config'],
  console: ['domain', 'errors', 'ports', 'sync', 'config', 'app'],
  cli: ['domain', 'errors', 'ports', 'sync', 'config', 'app', 'console'],
}

/**
 * The rooms of `sync`, and what each may import besides itself and the files at the root of `sync`, which all rooms
 * share and which import none of them.
 */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  wait: [],
  audit: [],
  compare: [],
  lease: ['wait'],
  receive: ['wait', 'lease'],
  // A command and a hint are ended as a data message is.
  send: ['wait', 'lease', 'receive'],
  refresh: ['wait', 'lease', 'receive'],
  verify: ['wait', 'lease', 'refresh', 'compare'],
  lead: ['wait', 'lease', 'receive', 'refresh', 'compare', 'verify'],
  resync: ['wait', 'lease', 'refresh', 'lead'],
  failures: ['lease', 'lead', 'resync'],
  explain: ['wait', 'compare', 'refresh', 'resync', 'failures'],
  erase: ['lease', 'compare', 'refresh', 'lead', 'resync', 'failures'],
  schedule: ['lease', 'lead'],
  retention: ['audit', 'wait', 'lease', 'lead', 'failures'],
}

/** The packages that each layer may use; built-in modules of Node are listed with their prefix. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  errors: [],
  messages: ['node:crypto'],
  ports: [],
  sync: ['node:events'],
  services: [],
  adapters: [
    'smqp',
    'rabbitmq-client',
    '@aws-sdk/client-sqs',
    'mysql2',
    'mongodb',
    '@opensearch-project/opensearch',
    'croner',
    'zod',
    'node:',
  ],
  config: ['zod', 'node:'],
  app: [
    'fastify',
    '@fastify',
    '@opentelemetry',
    'fastify-type-provider-zod',
    'jose',
    'nodemailer',
    'zod',
    'pino',
    'pino-pretty',
    'csv-parse',
    'bson',
    'node:',
  ],
  console: ['fastify', '@fastify', 'nunjucks', 'openid-client', 'zod', 'node:'],
  cli: ['commander', 'cli-progress', 'zod', 'node:events', 'node:os', 'node:stream', 'node:timers', 'node:util'],
}

/** Files that may name a backend although they are not in its folder. */
const REGISTRIES = [
  'app/backends.ts',
  'app/embedded-backends.ts',
  'app/inspect-servers.ts',
  'app/server-backends.ts',
  'app/server-sources.ts',
]
const BACKENDS = ['sqlite', 'in-process', 'rabbitmq', 'sqs', 'mysql', 'mongodb', 'opensearch']

const layerOf = (file: string): string => file.split('/')[0] ?? ''
const shown = ({ from, to }: Import): string => `${from} imports ${to}`

test('every file belongs to a layer that is known', () => {
  const unknown = filesOf(SOURCE).filter((file) => !(layerOf(file) in BELOW))
  assert.deepEqual(unknown, [])
})

test('layers import downwards only', () => {
  const upwards = IMPORTS.filter(({ from, to, isPackage }) => {
    const layer = layerOf(from)
    return !isPackage && layerOf(to) !== layer && BELOW[layer]?.includes(layerOf(to)) !== true
  })
  assert.deepEqual(upwards.map(shown), [])
})

test('the rooms of sync know each other as they may', () => {
  const roomOf = (file: string): string | null => /^sync\/([^/]+)\//.exec(file)?.[1] ?? null
  const inSync = (file: string): boolean => layerOf(file) === 'sync'
  const rooms = filesOf(SOURCE).flatMap((file) => (inSync(file) ? (roomOf(file) ?? []) : []))
  assert.deepEqual([...new Set(rooms)].sort(), Object.keys(ROOMS).sort())
  const across = IMPORTS.filter(({ from, to, isPackage }) => {
    const room = roomOf(to)
    if (isPackage || !inSync(from) || room === null || roomOf(from) === room) return false
    return ROOMS[roomOf(from) ?? '']?.includes(room) !== true
  })
  assert.deepEqual(across.map(shown), [])
})

test('each layer uses its own packages only', () => {
  const foreign = IMPORTS.filter(({ from, to, isPackage }) => {
    const allowed = PACKAGES[layerOf(from)] ?? []
    return isPackage && !allowed.some((name) => to === name || to.startsWith(name.endsWith(':') ? name : `${name}/`))
  })
  assert.deepEqual(foreign.map(shown), [])
})

test('an adapter knows no other adapter, save what backends of one engine share', () => {
  const folderOf = (file: string): string => file.split('/').slice(1, 3).join('/')
  const isOfList = (from: string, to: string) =>
    from.startsWith('adapters/list-reader/') && to.startsWith('adapters/index-store/')
  const backendOf = (file: string) => file.split('/')[2]
  const across = IMPORTS.filter(
    ({ from, to, isPackage }) =>
      !isPackage &&
      layerOf(from) === 'adapters' &&
      layerOf(to) === 'adapters' &&
      folderOf(from) !== folderOf(to) &&
      // adapters/sqlite, adapters/opensearch and adapters/<port>/*.ts are shared.
      to.split('/').length > 3 &&
      // Lists are read from what the index store of the same backend wrote.
      !(isOfList(from, to) && backendOf(from) === backendOf(to)) &&
      // A file beside the backends of a port may join them.
      !(from.split('/').length === 3 && from.split('/')[1] === to.split('/')[1]),
  )
  assert.deepEqual(across.map(shown), [])
})

test('only the registry imports a backend', () => {
  const importers = IMPORTS.filter(
    ({ from, to, isPackage }) =>
      !isPackage &&
      layerOf(to) === 'adapters' &&
      layerOf(from) !== 'adapters' &&
      // A backend owns its settings; config reads them and knows nothing else of it.
      !(layerOf(from) === 'config' && /(settings?|broker\/topology)\.ts$/.test(to)),
  ).map(({ from }) => from)
  assert.deepEqual([...new Set(importers)].sort(), [
    'app/embedded-backends.ts',
    'app/inspect-servers.ts',
    'app/server-backends.ts',
    'app/server-sources.ts',
  ])
})

test('a backend is named in its own folder and in the registry only', () => {
  const naming = filesOf(SOURCE).filter((file) => {
    if (layerOf(file) === 'adapters' || layerOf(file) === 'config' || REGISTRIES.includes(file)) return false
    // Comments may explain; what runs may not depend on a name.
    const code = readFileSync(join(SOURCE, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    return BACKENDS.some((name) => code.toLowerCase().includes(name))
  })
  assert.deepEqual(naming, [])
})

test('the environment is read in config only', () => {
  const readers = filesOf(SOURCE).filter(
    (file) => layerOf(file) !== 'config' && readFileSync(join(SOURCE, file), 'utf8').includes('process.env'),
  )
  assert.deepEqual(readers, [])
})

test('the domain has no clock and no randomness', () => {
  const impure = filesOf(SOURCE).filter((file) => {
    if (layerOf(file) !== 'domain') return false
    return /Date\.now|new Date\(\)|Math\.random|performance\.now|setTimeout/.test(
      readFileSync(join(SOURCE, file), 'utf8'),
    )
  })
  assert.deepEqual(impure, [])
})
