import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { MongoClient, ObjectId } from 'mongodb'
import { openServerSources } from '../../../src/adapters/sources/joined-filling.ts'
import { readAll } from '../../contract/sources/place.ts'
import { row, uuid } from '../../contract/sources/rows.ts'
import { addAll, fillWith } from '../../contract/source-filling/filling.ts'
import { deadPort } from './proxy.ts'
import { mysqlConnection, newPlace } from './server-place.ts'

async function placeFor(t: TestContext) {
  const place = await newPlace()
  const name = new URL(place.mysql.mysqlUrl).pathname.slice(1)
  const connection = await mysqlConnection(name)
  const client = new MongoClient(place.mongodb.mongodbUrl)
  t.after(async () => {
    await connection.end()
    await client.close()
    await place.dispose()
  })
  const names = async () => {
    const [tables] = await connection.query({ sql: 'SHOW TABLES', rowsAsArray: true })
    const collections = await client.db().listCollections({}, { nameOnly: true }).toArray()
    return [...(tables as string[][]).flat(), ...collections.map((each) => each.name)].toSorted()
  }
  return { ...place, connection, database: client.db(), names }
}

const OURS = [
  'ContactDetails',
  'CurriculumMembership',
  'GmcDetails',
  'Person',
  'Programme',
  'ProgrammeMembership',
  'doctorsForDB',
  'exceptionLogs',
  'recommendation',
]

const somebody = { ContactDetails: [row('ContactDetails', { id: 1, surname: 'First' })] }

test('a filling leaves its tables and nothing else, and touches nothing of others', async (t) => {
  const place = await placeFor(t)
  await place.connection.query('CREATE TABLE theirs (id int PRIMARY KEY); INSERT INTO theirs VALUES (7)')
  await place.database.collection<{ _id: string }>('alsoTheirs').insertOne({ _id: 'x' })
  const all = [...OURS, 'theirs', 'alsoTheirs'].toSorted()
  await place.fill(somebody)
  assert.deepEqual(await place.names(), all)
  await place.fill(somebody)
  const filling = await place.sources.begin()
  await addAll(filling, somebody)
  await filling.abandon()
  assert.deepEqual(await place.names(), all)
  const [rows] = await place.connection.query('SELECT id FROM theirs')
  assert.deepEqual(rows, [{ id: 7 }])
})

test('whether there are rows to lose is known, on either server', async (t) => {
  const place = await placeFor(t)
  assert.equal(await place.sources.holdRows(), false)
  await place.fill({})
  assert.equal(await place.sources.holdRows(), false)
  await place.fill({ Programme: [row('Programme', { id: 1 })] })
  assert.equal(await place.sources.holdRows(), true)
  await place.fill({ exceptionLogs: [row('exceptionLogs', { storedId: 'x' })] })
  assert.equal(await place.sources.holdRows(), true)
})

test('what a filling left that died is cleared away, and its lock is gone with it', async (t) => {
  const place = await placeFor(t)
  await place.fill(somebody)
  const filling = await place.sources.begin()
  await addAll(filling, somebody)
  const [processes] = await place.connection.query(
    'SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()',
  )
  for (const { id } of processes as { id: number }[]) await place.connection.query(`KILL ${id}`)
  await place.connection.query(
    'CREATE TABLE reval_filling_Person (id int); CREATE TABLE reval_replaced_Person (id int)',
  )
  await assert.rejects(filling.commit(), { code: 'SOURCE_FAILED', transient: true })
  await filling.abandon()
  await fillWith(place.sources, { ContactDetails: [row('ContactDetails', { id: 1, surname: 'Second' })] })
  assert.deepEqual(
    (await readAll(place.trainees)).map((each) => each.surname),
    ['Second'],
  )
  assert.deepEqual(await place.names(), OURS)
})

test('a table that is missing is made; one of another form is nobody’s to replace', async (t) => {
  const place = await placeFor(t)
  await place.fill(somebody)
  await place.connection.query('DROP TABLE Person')
  await place.fill({ Person: [row('Person', { id: 1, role: 'x' })], ...somebody })
  assert.deepEqual(
    (await readAll(place.trainees)).map((each) => each.role),
    ['x'],
  )
  await place.connection.query('ALTER TABLE Person DROP COLUMN role')
  await assert.rejects(place.sources.begin(), { code: 'SOURCE_COLUMNS_MISSING', message: /Person\.role/ })
  await place.connection.query('ALTER TABLE Person ADD COLUMN role text')
  await place.fill(somebody)
})

test('a filling that cannot be stored leaves the sources as they were', async (t) => {
  const place = await placeFor(t)
  await place.fill(somebody)
  const filling = await place.sources.begin()
  await addAll(filling, {
    ContactDetails: [row('ContactDetails', { id: 1, surname: 'Second' })],
    ProgrammeMembership: [row('ProgrammeMembership', { uuid: uuid(1), programmeStartDate: 'some day' })],
    doctorsForDB: [row('doctorsForDB', { storedId: '1234567' })],
  })
  await assert.rejects(filling.commit(), { code: 'SOURCE_FAILED', message: /some day/ })
  await assert.rejects(filling.commit(), { code: 'SOURCE_FAILED', message: /failed before/ })
  await filling.abandon()
  assert.deepEqual(
    (await readAll(place.trainees)).map((each) => each.surname),
    ['First'],
  )
  assert.deepEqual(await readAll(place.doctors), [])
})

test('documents are stored as the real system stores them', async (t) => {
  const place = await placeFor(t)
  const storedId = '5f1e7a2b3c4d5e6f7a8b9c0d'
  await place.fill({
    doctorsForDB: [row('doctorsForDB', { storedId: '1234567', submissionDate: '2030-06-01', existsInGmc: false })],
    recommendation: [
      row('recommendation', { storedId, gmcNumber: '1234567', actualSubmissionDate: '2030-01-02' }),
      row('recommendation', { storedId: 'odd' }),
    ],
    exceptionLogs: [
      row('exceptionLogs', { storedId: '1234567', errorMessage: 'x', timestamp: '2026-05-01T10:00:00.000Z' }),
    ],
  })
  const stored = async (name: string) =>
    place.database
      .collection(name)
      .find({}, { sort: { _id: 1 } })
      .toArray()
  assert.deepEqual(await stored('doctorsForDB'), [
    { _id: '1234567', submissionDate: new Date('2030-06-01T00:00:00Z'), existsInGmc: false },
  ])
  const [odd, recommendation] = await stored('recommendation')
  assert.deepEqual(odd, { _id: 'odd' })
  assert.ok(recommendation?._id instanceof ObjectId)
  assert.equal(recommendation._id.toHexString(), storedId)
  assert.deepEqual(recommendation.actualSubmissionDate, new Date('2030-01-02T00:00:00Z'))
  assert.deepEqual(await stored('exceptionLogs'), [
    { _id: '1234567', errorMessage: 'x', timestamp: new Date('2026-05-01T10:00:00Z') },
  ])
  const indexes = await place.database.collection('recommendation').indexes()
  assert.ok(indexes.some(({ key }) => 'gmcNumber' in key))
})

test('where one of the servers is not there, nothing is opened', async (t) => {
  const { mysql, mongodb } = await placeFor(t)
  const port = await deadPort()
  const away = { ...mongodb, mongodbUrl: mongodb.mongodbUrl.replace(/:\d+/, `:${port}`) }
  await assert.rejects(openServerSources({ mysql, mongodb: away }), { code: 'SERVER_UNREACHABLE' })
  const gone = { ...mysql, mysqlUrl: mysql.mysqlUrl.replace(/:\d+/, `:${port}`) }
  await assert.rejects(openServerSources({ mysql: gone, mongodb }), { code: 'SERVER_UNREACHABLE' })
})
