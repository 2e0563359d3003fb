import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createConnection } from 'mysql2/promise'
import { Connection } from 'rabbitmq-client'
import * as z from 'zod'
import { Installation } from '../job/installation.ts'
import { servers } from '../servers.ts'

const FINDINGS = z.object({
  findings: z.array(
    z.object({
      what: z.string(),
      status: z.enum(['ok', 'warn', 'fail']),
      found: z.string(),
      remedy: z.string().optional(),
    }),
  ),
})
type Finding = z.infer<typeof FINDINGS>['findings'][number]

async function check(place: Installation, settings: Readonly<Record<string, string>> = {}, ...services: string[]) {
  const command = place.run(['config', 'check', '--json', ...services], { REVAL_JAVA_PEERS: 'none', ...settings })
  const { code } = await command.finished()
  const { findings } = FINDINGS.parse(JSON.parse(command.output))
  return { code, findings, bad: findings.filter(({ status }) => status === 'fail') }
}

/** Every failed check names what to do, and a setting or a command. */
function assertRemedies(bad: readonly Finding[]): void {
  for (const { what, found, remedy = '' } of bad) {
    assert.notEqual(remedy, '', what)
    assert.match(`${found} ${remedy}`, /REVAL_|reval |[Cc]reate|[Rr]estore|[Ff]ree|[Rr]emove/, what)
  }
}

const about = (findings: readonly Finding[], pattern: RegExp) =>
  findings.filter(({ what, found }) => pattern.test(`${what} ${found}`))

describe('reval config check', () => {
  test('passes with filled servers, before a run and after', async (t) => {
    const place = await Installation.make(t)
    await place.loadSample()
    const before = await check(place)
    assert.deepEqual([before.code, before.bad], [0, []])
    for (const server of [/RabbitMQ/, /SQS/, /MySQL|MariaDB/, /MongoDB/, /OpenSearch|Elasticsearch/]) {
      assert.ok(about(before.findings, server).length > 0, `nothing about ${server.source}`)
    }
    assert.ok(about(before.findings, /table CurriculumMembership 2169 rows/).length > 0, 'the rows of TCS are counted')
    await place.startAll()
    await place.sync()
    const after = await check(place)
    assert.deepEqual([after.code, after.bad], [0, []])
  })

  test('checks only what the named services need', async (t) => {
    const place = await Installation.make(t)
    const recommendation = await check(place, {}, 'recommendation')
    assert.deepEqual(about(recommendation.findings, /MySQL|MariaDB|live changes/), [])
    for (const needed of [/SQS/, /MongoDB/]) {
      assert.ok(about(recommendation.findings, needed).length > 0, needed.source)
    }
  })

  test('integration reads TCS for live changes; without, the check says that there are none', async (t) => {
    const place = await Installation.make(t)
    await place.loadSample()
    const live = /live changes|MySQL|MariaDB|GmcDetails\.gmcNumber/
    const [on, ...others] = about((await check(place, {}, 'integration')).findings, live)
    assert.deepEqual([on?.status, on?.found], ['ok', 'on'])
    assert.deepEqual(
      about(others, /GmcDetails\.gmcNumber/).map(({ status }) => status),
      ['ok'],
    )
    for (const without of [{ REVAL_MYSQL_URL: '' }, { REVAL_LIVE_CHANGES: 'off' }]) {
      const found = about((await check(place, without, 'integration')).findings, live)
      assert.deepEqual(
        found.map(({ status }) => status),
        ['warn'],
      )
      assert.match(found[0]?.remedy ?? '', /REVAL_MYSQL_URL/)
    }
  })

  test('reports everything that is wrong with every server at once', async (t) => {
    const place = await Installation.make(t)
    const { prefix, environment } = place.namespace
    await onTcs(
      environment.REVAL_MYSQL_URL ?? '',
      'CREATE TABLE ContactDetails (id BIGINT PRIMARY KEY, surname VARCHAR(255))',
    )
    await fetch(`${servers.search.url}/${prefix}-masterdoctorindex`, { method: 'PUT' })
    const { code, bad } = await check(place, {
      REVAL_RABBITMQ_PASSWORD: 'not the password',
      REVAL_SQS_ENDPOINT: 'http://127.0.0.1:9',
      REVAL_MONGODB_URL: 'mongodb://127.0.0.1:9/reval',
    })
    assert.equal(code, 1)
    assertRemedies(bad)
    assert.ok(about(bad, /RabbitMQ/).some(({ remedy }) => /REVAL_RABBITMQ|user and password/.test(remedy ?? '')))
    assert.ok(about(bad, /127\.0\.0\.1:9/).length >= 2, JSON.stringify(bad))
    assert.ok(about(bad, /forenames/).length > 0, 'the missing column is named')
    assert.ok(about(bad, /GmcDetails/).length > 0, 'the missing table is named')
    assert.ok(about(bad, /masterdoctorindex/).some(({ remedy }) => /adopt --indexes/.test(remedy ?? '')))
  })

  test('reports a queue with other arguments, and a missing one if none may be declared', async (t) => {
    const place = await Installation.make(t)
    await place.loadSample()
    const { environment } = place.namespace
    const name = environment.REVAL_QUEUE_TRAINEE_DATA ?? ''
    const { url, user, password } = servers.rabbitmq
    const { hostname, port } = new URL(url)
    const broker = new Connection({ hostname, port: Number(port), username: user, password })
    await broker.queueDeclare({ queue: name, durable: true, arguments: { 'x-max-length': 7 } })
    await broker.close()
    const declared = await check(place)
    assert.equal(declared.code, 1)
    assert.ok(about(declared.bad, /QUEUE_DIFFERS/).some(({ what }) => what.includes(name)))
    const passive = await check(place, { REVAL_QUEUES: 'passive' })
    assert.equal(passive.code, 1)
    assert.deepEqual(about(passive.bad, new RegExp(`queue ${name}`)), [])
    const missing = about(passive.bad, new RegExp(environment.REVAL_QUEUE_SYNC_START ?? '-'))
    assert.ok(missing.some(({ remedy }) => /REVAL_QUEUE_SYNC_START/.test(remedy ?? '')))
    assertRemedies([...declared.bad, ...passive.bad])
    // Those of changes are needed for live changes only.
    const names = ['TRAINEE', 'DOCTOR', 'RECOMMENDATION'].map((what) => environment[`REVAL_QUEUE_${what}_CHANGED`])
    const ofChanges = new RegExp(`queue (?:${names.join('|')}) `)
    assert.equal(about(passive.bad, ofChanges).length, 3)
    const off = await check(place, { REVAL_QUEUES: 'passive', REVAL_LIVE_CHANGES: 'off' })
    assert.deepEqual(about(off.bad, ofChanges), [])
  })
})

async function onTcs(url: string, statement: string): Promise<void> {
  const { hostname, port, pathname } = new URL(url)
  const { user, password } = servers.mysql
  const connection = await createConnection({
    host: hostname,
    port: Number(port),
    user,
    password,
    database: pathname.slice(1),
  })
  try {
    await connection.query(statement)
  } finally {
    await connection.end()
  }
}
