import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { SAMPLE } from '../../app/job/workplace.ts'
import { servers } from '../servers.ts'
import { Installation } from './installation.ts'

/** Each says its code, the setting at fault, and what to do. */
function assertTells(complaints: string, code: string, named: RegExp): void {
  assert.match(complaints, new RegExp(`error ${code}: `))
  assert.match(complaints, named)
  assert.match(complaints, /what to do: /)
}

describe('what cannot work is refused with its code, the setting and the remedy', () => {
  const STARTS: readonly (readonly [service: string, settings: Record<string, string>, code: string, named: RegExp])[] =
    [
      ['tcs', { REVAL_MYSQL_PASSWORD: 'wrong' }, 'SERVER_LOGIN_REFUSED', /REVAL_MYSQL_(USER|PASSWORD)/],
      ['tcs', { REVAL_RABBITMQ_PASSWORD: 'wrong' }, 'SERVER_LOGIN_REFUSED', /REVAL_RABBITMQ_(USER|PASSWORD)/],
      ['tcs', { REVAL_MYSQL_URL: 'mysql://127.0.0.1:9/tcs' }, 'SERVER_UNREACHABLE', /REVAL_MYSQL_URL/],
      ['tcs', { REVAL_RABBITMQ_URL: 'amqp://127.0.0.1:9' }, 'SERVER_UNREACHABLE', /REVAL_RABBITMQ_URL/],
      ['recommendation', { REVAL_SQS_ENDPOINT: 'http://127.0.0.1:9' }, 'SERVER_UNREACHABLE', /REVAL_SQS_ENDPOINT/],
      ['integration', { REVAL_MONGODB_URL: 'mongodb://127.0.0.1:9/r' }, 'SERVER_UNREACHABLE', /REVAL_MONGODB_URL/],
      ['integration', { REVAL_SEARCH_URL: 'http://127.0.0.1:9' }, 'SERVER_UNREACHABLE', /REVAL_SEARCH_URL/],
      ['integration', { REVAL_QUEUES: 'passive' }, 'QUEUE_MISSING', /REVAL_QUEUE/],
      ['integration', { REVAL_JAVA_PEERS: 'connection' }, 'CONFIG_INVALID', /REVAL_LISTS/],
      ['integration', { REVAL_HOST: '0.0.0.0' }, 'CONFIG_INVALID', /REVAL_OPERATOR_TOKEN/],
    ]
  test('a service that cannot have what it needs does not start', async (t) => {
    const place = await Installation.make(t)
    for (const [service, settings, code, named] of STARTS) {
      const process = place.run(['start', service], { REVAL_PORT: '0', ...settings })
      const { code: status } = await process.finished()
      assert.equal(status, 1, `start ${service} with ${JSON.stringify(settings)}`)
      assertTells(process.complaints, code, named)
      for (const secret of Object.values(settings).filter((value) => value === 'wrong')) {
        assert.ok(
          !new RegExp(`\\b${secret}\\b`).test(process.complaints.replace('what is wrong', '')),
          process.complaints,
        )
      }
    }
  })

  test('existing rows are replaced only with --force', async (t) => {
    const place = await Installation.make(t)
    await place.loadSample()
    for (const again of [
      ['load', SAMPLE],
      ['demo-data', '--doctors', '20'],
    ]) {
      const { code, complaints } = await place.refused(...again)
      assert.equal(code, 1)
      assertTells(complaints, 'SOURCE_NOT_EMPTY', /--force/)
    }
    assert.match(await place.reval('demo-data', '--doctors', '20', '--force', '--json'), /"doctorsForDB": 20/)
  })

  test('a run is not requested without an active integration', async (t) => {
    const place = await Installation.make(t)
    await place.loadSample()
    const { complaints } = await place.refused('sync')
    assertTells(complaints, 'NO_INTEGRATION', /reval start integration/)
    assert.match(await place.reval('runs'), /No runs yet/)
  })

  test('an index that has the name of a list holds the run back until it is deleted', async (t) => {
    const place = await Installation.make(t)
    await place.loadSample()
    const name = `${place.namespace.prefix}-connectedindex`
    await fetch(`${servers.search.url}/${name}/_doc/1?refresh=true`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"doctorFirstName":"of the Java service"}',
    })
    await place.startAll()
    const { complaints } = await place.refused('sync')
    assertTells(complaints, 'ALIAS_NAME_TAKEN', /reval adopt --indexes/)
    assert.match(await (await fetch(`${servers.search.url}/${name}/_search`)).text(), /of the Java service/)
    await fetch(`${servers.search.url}/${name}`, { method: 'DELETE' })
    // What was built is kept, so that nothing has to be built again.
    const [, held = ''] = /^(\S+).*held back/m.exec(await place.reval('runs')) ?? []
    assert.match(await place.reval('promote', held, '--why', 'its index may go'), /Promoted\./)
    assert.doesNotMatch(await place.reval('export', 'connectedindex'), /of the Java service/)
  })

  test('a lost ledger ends the writer if something is live, and reval adopt recovers', async (t) => {
    const place = await Installation.make(t)
    await place.loadSample()
    const services = await place.startAll()
    await place.sync()
    for (const each of services.values()) await each.stop()
    const before = await place.documents()
    await fetch(`${servers.search.url}/${place.namespace.prefix}-reval-ledger-*`, { method: 'DELETE' })
    const writer = place.run(['start', 'integration'], { REVAL_PORT: '0' })
    assert.equal((await writer.finished()).code, 1)
    assertTells(writer.complaints, 'LEDGER_GONE', /reval adopt/)
    assert.deepEqual(await place.documents(), before)
    assert.match(await place.reval('adopt', '--why', 'the ledger was deleted by a test'), /Adopted/)
    await place.startAll()
    assert.equal((await place.sync()).state, 'live')
    assert.deepEqual(await place.documents(), before)
  })
})
