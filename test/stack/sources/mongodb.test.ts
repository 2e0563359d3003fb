import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Int32, Long, MongoClient, MongoNetworkError, ObjectId } from 'mongodb'
import { systemClock } from '../../../src/adapters/clock/system.ts'
import { inspectCollection, inspectMongodb } from '../../../src/adapters/sources/mongodb/inspect.ts'
import { openMongodbSources } from '../../../src/adapters/sources/mongodb/open.ts'
import type { MongodbSettings } from '../../../src/adapters/sources/mongodb/settings.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { numbers } from '../../contract/sources/by-key.ts'
import { inOrder } from '../../contract/sources/joining.ts'
import { readAll } from '../../contract/sources/place.ts'
import { row } from '../../contract/sources/rows.ts'
import { certificate, STRANGER } from '../certificates.ts'
import { servers } from '../servers.ts'
import { deadPort, openProxy, openSilence } from './proxy.ts'
import { newPlace } from './server-place.ts'

async function placeFor(t: TestContext) {
  const place = await newPlace()
  const client = new MongoClient(place.mongodb.mongodbUrl)
  t.after(async () => {
    await client.close()
    await place.dispose()
  })
  return { ...place, database: client.db() }
}

const open = (settings: MongodbSettings) => openMongodbSources({ settings, clock: systemClock })

/** The same database behind another port of this machine; directly, or the driver would go where the server says. */
function through(settings: MongodbSettings, host: string, port: number): MongodbSettings {
  return { ...settings, mongodbUrl: settings.mongodbUrl.replace(/\/\/[^/]+/, `//${host}:${port}`) }
}

const serverPort = () => Number(/:(\d+)/.exec(servers.mongodb.url)?.[1])

function doctors(count: number) {
  const ids = Array.from({ length: count }, (_, index) => String(1_000_000 + index))
  return {
    doctorsForDB: ids.map((storedId) => row('doctorsForDB', { storedId })),
    recommendation: ids.map((gmcNumber) => row('recommendation', { storedId: `of ${gmcNumber}`, gmcNumber })),
  }
}

function codeIs(code: string, words: RegExp, transient: boolean) {
  return (error: unknown) => {
    assert.ok(error instanceof RevalError)
    assert.equal(error.code, code)
    assert.match(error.message, words)
    assert.equal(error.transient, transient)
    return true
  }
}

test('a server that is down, or silent, is unreachable', async (t) => {
  const { mongodb } = await placeFor(t)
  await using silent = await openSilence()
  for (const port of [await deadPort(), silent.port]) {
    const settings = through(mongodb, '127.0.0.1', port)
    await assert.rejects(open(settings), codeIs('SERVER_UNREACHABLE', /REVAL_MONGODB_URL/, true))
  }
})

test('a refused login names its setting, and is never shown', async (t) => {
  const { mongodb } = await placeFor(t)
  // The server of the stack knows nobody.
  const settings = { ...mongodb, mongodbUser: 'somebody', mongodbPassword: 'not-the-password' }
  await assert.rejects(open(settings), (error) => {
    codeIs('SERVER_LOGIN_REFUSED', /REVAL_MONGODB_USER, REVAL_MONGODB_PASSWORD/, false)(error)
    return !String(error).includes('not-the-password')
  })
  const [finding, ...others] = await inspectMongodb(settings)
  assert.deepEqual([finding?.status, others], ['fail', []])
})

test('an address without a database is invalid', async (t) => {
  const { mongodb } = await placeFor(t)
  const settings = { ...mongodb, mongodbUrl: mongodb.mongodbUrl.replace(/[^/]*$/, '') }
  await assert.rejects(open(settings), { code: 'CONFIG_INVALID' })
})

test('collections that are missing are found one by one; without the index reading is slow', async (t) => {
  const place = await placeFor(t)
  await place.fill(doctors(3))
  const sound = await inspectMongodb(place.mongodb)
  assert.deepEqual(
    sound.filter((each) => each.status !== 'ok'),
    [],
  )
  await place.database.collection('exceptionLogs').drop()
  await place.database.collection('recommendation').dropIndex('gmcNumber_1')
  const found = (await inspectMongodb(place.mongodb)).filter((each) => each.status !== 'ok')
  assert.deepEqual(
    found.map(({ what, status }) => `${status} ${what}`),
    ['fail collection exceptionLogs', 'warn index on recommendation.gmcNumber'],
  )
  assert.match(found[0]?.remedy ?? '', /REVAL_MONGODB_URL/)
  assert.match(found[1]?.remedy ?? '', /createIndex/)
  await place.database.collection('recommendation').drop()
  await assert.rejects(place.doctors.snapshot(), codeIs('SOURCE_MISSING', /missing recommendation/, false))
})

test('a server that refuses the reads of a run fails, although it answers pings and counts', async (t) => {
  const place = await placeFor(t)
  const { database, mongodb } = place
  await place.fill(doctors(3))
  const refusing = () => [database.collection('doctorsForDB').find({ $where: 'not what this server knows' })]
  const found = await inspectCollection(database, 'doctorsForDB', mongodb, refusing)
  assert.equal(found.status, 'fail')
  assert.match(found.found, /cannot be read as a run reads it: /)
  assert.match(found.remedy ?? '', /REVAL_MONGODB_URL/)
  assert.equal((await inspectCollection(database, 'doctorsForDB', mongodb)).status, 'ok')
})

test('a read that fails for the moment is not taken for one that the server does not support', async (t) => {
  const place = await placeFor(t)
  await place.fill(doctors(3))
  const lost = () => {
    throw new MongoNetworkError('connection closed')
  }
  const found = await inspectCollection(place.database, 'doctorsForDB', place.mongodb, lost)
  assert.equal(found.status, 'fail')
  assert.match(found.found, /connection closed/)
  assert.doesNotMatch(found.remedy ?? '', /does not support/)
})

test('fields of other types than they should have come as texts that the rules can judge', async (t) => {
  const place = await placeFor(t)
  await place.fill({})
  await place.database.collection<{ _id: unknown }>('doctorsForDB').insertOne({
    _id: '1234567',
    doctorFirstName: 7,
    doctorLastName: ['a', 'b'],
    submissionDate: '2030-06-01',
    dateAdded: 20300601,
    lastUpdatedDate: new Date('2030-06-01T23:59:59.999Z'),
    underNotice: true,
    sanction: { deep: 1 },
    admin: Long.fromString('9007199254740993'),
    designatedBodyCode: null,
    existsInGmc: 'false',
  } as never)
  const [record] = await readAll(place.doctors)
  assert.deepEqual(record?.doctor, {
    storedId: '1234567',
    doctorFirstName: '7',
    doctorLastName: '["a","b"]',
    submissionDate: '2030-06-01',
    dateAdded: '20300601',
    lastUpdatedDate: '2030-06-01',
    underNotice: 'true',
    sanction: '{"deep":1}',
    doctorStatus: null,
    admin: '9007199254740993',
    designatedBodyCode: null,
    existsInGmc: false,
  })
})

test('ids of any type are merged with the recommendations of the same, whatever lies between', async (t) => {
  const place = await placeFor(t)
  await place.fill({})
  const id = new ObjectId()
  const keys = ['1234567', 'zzz', '', new Int32(1234567), 7.5, id, true, new Date(0)]
  await place.database.collection<{ _id: unknown }>('doctorsForDB').insertMany(keys.map((_id) => ({ _id })))
  const numbers = [null, undefined, '1234567', 'yyy', 'zzz', 'zzzz', 1234567, 8, id, new ObjectId(), true]
  await place.database
    .collection('recommendation')
    .insertMany(numbers.map((gmcNumber, index) => ({ _id: `r${index}`, gmcNumber })) as never[])
  const read = await readAll(place.doctors, 2)
  assert.deepEqual(Object.fromEntries(read.map(({ doctor, latest }) => [doctor.storedId, latest?.storedId])), {
    '7.5': undefined,
    '': undefined,
    zzz: 'r4',
    [id.toHexString()]: 'r8',
    true: undefined,
    '1970-01-01T00:00:00.000Z': undefined,
    // A number and a text that look the same: each has its own recommendation, and neither can be told apart here.
    '1234567': 'r2',
  })
  assert.deepEqual(
    read.filter((each) => each.sharesNumber).map(({ doctor, latest }) => [doctor.storedId, latest?.storedId]),
    [
      ['1234567', 'r6'],
      ['1234567', 'r2'],
    ],
  )
})

test('ids of any type are found by key, as a snapshot returns them', async (t) => {
  const place = await placeFor(t)
  await place.fill({})
  const id = new ObjectId()
  const keys = ['1234567', 'zzz', '', new Int32(1234567), 7.5, id, true, new Date(0), ' 7654321', 7654321, '0000007', 7]
  await place.database.collection<{ _id: unknown }>('doctorsForDB').insertMany(keys.map((_id) => ({ _id })))
  const recommended = ['1234567', 'zzz', 1234567, id, new ObjectId(), true, ['zzz'], '7654321']
  await place.database
    .collection('recommendation')
    .insertMany(recommended.map((gmcNumber, index) => ({ _id: `r${index}`, gmcNumber })) as never[])
  const all = await readAll(place.doctors)
  const storedIds = all.map(({ doctor }) => doctor.storedId)
  assert.deepEqual(inOrder(await place.doctors.recordsOf({ numbers: [], storedIds })), inOrder(all))
  const wanted = numbers('1234567', '7654321', '0000007')
  const numbered = all.filter(({ doctor }) => numbers(doctor.storedId).some((each) => wanted.includes(each)))
  assert.equal(numbered.length, 5)
  assert.deepEqual(inOrder(await place.doctors.recordsOf({ numbers: wanted, storedIds: [] })), inOrder(numbered))
})

test('a recommendation is found by text and by ObjectId', async (t) => {
  const place = await placeFor(t)
  await place.fill({})
  const [id, written] = [new ObjectId(), new ObjectId().toHexString()]
  await place.database.collection<{ _id: unknown; gmcNumber: unknown }>('recommendation').insertMany([
    { _id: id, gmcNumber: '1111111' },
    { _id: written, gmcNumber: 2222222 },
  ] as never[])
  const asked = [id.toHexString(), id.toHexString().toUpperCase(), written, new ObjectId().toHexString()]
  assert.deepEqual(
    [...(await place.doctors.doctorsOfRecommendations(asked))],
    [
      [asked[0], '1111111'],
      [asked[1], '1111111'],
      [written, '2222222'],
    ],
  )
})

test('all recommendations of a doctor are found', async (t) => {
  const place = await placeFor(t)
  await place.fill({})
  await place.database
    .collection('recommendation')
    .insertMany([
      { gmcNumber: '1111111', outcome: 'APPROVED', actualSubmissionDate: new Date('2026-05-20') },
      { gmcNumber: '1111111', outcome: null },
      { gmcNumber: ' 1111111' },
      { gmcNumber: '2222222', outcome: 'REJECTED' },
    ])
  const found = await place.doctors.recommendationsOf?.(['1111111', '1111111', ' 1111111', '3333333'])
  assert.deepEqual(
    [...(found ?? [])].map(([id, all]) => [id, all.map((each) => [each.outcome, each.actualSubmissionDate])]).sort(),
    [
      [' 1111111', [[null, null]]],
      [
        '1111111',
        [
          ['APPROVED', '2026-05-20'],
          [null, null],
        ],
      ],
    ],
  )
})

test('reading by key fails with its connection, works again afterwards, and ends with the source', async (t) => {
  const place = await placeFor(t)
  await place.fill(doctors(3))
  await using proxy = await openProxy(serverPort())
  const sources = await open(through(place.mongodb, '127.0.0.1', proxy.port))
  t.after(() => sources.close())
  const reads = [
    () => sources.doctors.recordsOf({ numbers: numbers('1000001'), storedIds: [] }),
    () => sources.doctors.doctorsOfRecommendations(['of 1000001']),
  ]
  for (const read of reads) {
    await read()
    proxy.taking = false
    proxy.cut()
    await assert.rejects(read(), codeIs('SOURCE_FAILED', /MongoDB at/, true))
    proxy.taking = true
    await sources.doctors.ping()
  }
  const [record] = await sources.doctors.recordsOf({ numbers: numbers('1000001'), storedIds: [] })
  assert.equal(record?.latest?.storedId, 'of 1000001')
  await sources.close()
  for (const read of reads) await assert.rejects(read(), codeIs('SOURCE_FAILED', /closed/, false))
})

test('of many recommendations of one doctor, however large an answer is, the latest comes', async (t) => {
  const place = await placeFor(t)
  const days = Array.from({ length: 6_000 }, (_, index) => {
    const day = new Date(Date.UTC(2010, 0, 1 + ((index * 7919) % 6_000)))
    return row('recommendation', {
      storedId: `r${index}`,
      gmcNumber: '1000001',
      actualSubmissionDate: day.toISOString().slice(0, 10),
    })
  })
  const { doctorsForDB, recommendation } = doctors(3)
  await place.fill({ doctorsForDB, recommendation: [...recommendation, ...days] })
  const latest = new Date(Date.UTC(2010, 0, 6_000)).toISOString().slice(0, 10)
  const read = await readAll(place.doctors)
  assert.deepEqual(
    read.map((each) => each.latest?.actualSubmissionDate),
    [null, latest, null],
  )
})

test('a reading whose connection is cut is lost, and the next one works', async (t) => {
  const place = await placeFor(t)
  await place.fill(doctors(9_000))
  await using proxy = await openProxy(serverPort())
  const sources = await open(through(place.mongodb, '127.0.0.1', proxy.port))
  t.after(() => sources.close())
  {
    await using snapshot = await sources.doctors.snapshot()
    await assert.rejects(
      async () => {
        for await (const batch of snapshot.batches(500)) {
          assert.ok(batch.length > 0)
          proxy.taking = false
          proxy.cut()
        }
      },
      codeIs('SOURCE_FAILED', /MongoDB at/, true),
    )
  }
  await assert.rejects(sources.doctors.ping(), codeIs('SOURCE_FAILED', /REVAL_MONGODB_URL/, true))
  proxy.taking = true
  await sources.doctors.ping()
  assert.equal((await readAll(sources.doctors)).length, 9_000)
})

test('a server that falls silent is given up by a ping within seconds', async (t) => {
  const place = await placeFor(t)
  await place.fill(doctors(1))
  await using proxy = await openProxy(serverPort())
  const sources = await open(through(place.mongodb, '127.0.0.1', proxy.port))
  t.after(() => sources.close())
  await sources.doctors.ping()
  proxy.silence()
  const begin = performance.now()
  await assert.rejects(sources.doctors.ping(), codeIs('SOURCE_FAILED', /REVAL_MONGODB_URL.*no answer within/, true))
  assert.ok(performance.now() - begin < 20_000)
})

test('a limit of rows a second is kept', async (t) => {
  const place = await placeFor(t)
  await place.fill(doctors(40))
  const clock = new ManualClock()
  const sources = await openMongodbSources({ settings: place.mongodb, rowsPerSecond: 10, clock })
  t.after(() => sources.close())
  const start = clock.now()
  const reading = readAll(sources.doctors)
  for (let second = 0; second < 4; second += 1) {
    await clock.untilPending(1)
    await clock.advance(1_000)
  }
  assert.equal((await reading).length, 40)
  assert.equal(clock.now() - start, 4_000)
})

test('the client ends with the last of its sources, and closing may be done twice', async (t) => {
  const place = await placeFor(t)
  await place.fill(doctors(3))
  const sources = await open(place.mongodb)
  await sources.doctors.close()
  await sources.doctors.close()
  await assert.rejects(sources.doctors.snapshot(), { code: 'SOURCE_FAILED' })
  await sources.exceptions.ping()
  await sources.exceptions.close()
  await assert.rejects(sources.exceptions.ping(), { code: 'SOURCE_FAILED' })
  await sources.close()
})

test('with TLS the certificate is checked, against the authority of the setting and the host of the address', async (t) => {
  const place = await placeFor(t)
  await place.fill(doctors(3))
  const tls = (host: string, port: number, mongodbCa: string): MongodbSettings => ({
    ...through(place.mongodb, host, port),
    mongodbTls: 'verify',
    mongodbCa,
  })
  const own = { cert: certificate('cert.pem'), key: certificate('key.pem') }
  await using proxy = await openProxy(serverPort(), own)
  for (const host of ['127.0.0.1', 'localhost']) {
    const sources = await open(tls(host, proxy.port, certificate('ca.pem')))
    assert.equal((await readAll(sources.doctors)).length, 3)
    await sources.close()
  }
  const refused = codeIs('SERVER_UNREACHABLE', /REVAL_MONGODB_CA/, false)
  await assert.rejects(open(tls('127.0.0.1', proxy.port, STRANGER)), refused)
  await using elsewhere = await openProxy(serverPort(), own, '127.0.0.2')
  await assert.rejects(open(tls('127.0.0.2', elsewhere.port, certificate('ca.pem'))), refused)
})
