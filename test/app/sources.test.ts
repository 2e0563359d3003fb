import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backendsOf } from '../../src/app/backends.ts'
import { OpenedOnUse } from '../../src/app/opened-on-use.ts'
import { readConfig } from '../../src/config/config.ts'
import { gmcNumber } from '../../src/domain/gmc-number.ts'
import { runToEnd, Workplace } from './job/workplace.ts'

const number = gmcNumber('1234567')
assert.ok(number !== null)
const NUMBERS = { personIds: [], numbers: [number] }

test('embedded sources are read beside a working service', async (t) => {
  const place = await Workplace.make(t)
  await place.loadSample()
  const worker = await place.start()
  const sources = await (await backendsOf(place.config)).openSources(place.config)
  t.after(() => sources.close())
  const snapshot = await sources.traineeSource.snapshot()
  const [person] = (await Array.fromAsync(snapshot.batches(1)))[0] ?? []
  await snapshot[Symbol.asyncDispose]()
  assert.ok(person !== undefined)
  const found = await sources.traineeSource.recordsOf({ personIds: [person.personId], numbers: [] })
  assert.deepEqual(found, [person])
  assert.equal((await runToEnd(worker)).state, 'live')
})

test('sources that are not configured reject, and name the settings', async (t) => {
  const config = readConfig({ REVAL_BACKENDS: 'servers', REVAL_SEARCH_URL: 'http://127.0.0.1:9' }, {}, ['reader'])
  const sources = await (await backendsOf(config)).openSources(config)
  t.after(() => sources.close())
  await assert.rejects(sources.traineeSource.recordsOf(NUMBERS), {
    code: 'SOURCE_NOT_CONFIGURED',
    message: 'TCS cannot be read: REVAL_MYSQL_URL and REVAL_MYSQL_USER not set',
  })
  await assert.rejects(sources.exceptionSource.reasonsOf([]), { code: 'SOURCE_NOT_CONFIGURED' })
})

test('a source that is away rejects its own calls only', async (t) => {
  const settings = { REVAL_MYSQL_URL: 'mysql://127.0.0.1:9/tcs', REVAL_MYSQL_USER: 'reval' }
  const servers = { REVAL_BACKENDS: 'servers', REVAL_SEARCH_URL: 'http://127.0.0.1:9' }
  const config = readConfig({ ...servers, ...settings }, {}, ['reader'])
  const sources = await (await backendsOf(config)).openSources(config)
  t.after(() => sources.close())
  await assert.rejects(sources.traineeSource.recordsOf(NUMBERS), { code: 'SERVER_UNREACHABLE' })
  await assert.rejects(sources.doctorSource.ping(), { code: 'SOURCE_NOT_CONFIGURED' })
})

test('what could not be opened is opened by the next use, and closed with the rest', async () => {
  let tries = 0
  let closed = 0
  const close = () => Promise.resolve(void (closed += 1))
  const server = new OpenedOnUse(() => {
    tries += 1
    return tries === 1 ? Promise.reject(new Error('away')) : Promise.resolve({ close })
  })
  await assert.rejects(server.get(), /away/)
  assert.equal(await server.get(), await server.get())
  await server.close()
  await server.close()
  await assert.rejects(server.get(), { code: 'SOURCE_FAILED' })
  assert.deepEqual([tries, closed], [2, 1])
})
