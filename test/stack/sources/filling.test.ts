import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { MongoClient, ObjectId } from 'mongodb'
import { openFillable } from '../../../stack/fill/open.ts'
import { readAll } from '../../contract/sources/place.ts'
import { row, uuid, type TableRows } from '../../contract/sources/rows.ts'
import { addAll } from '../../contract/source-filling/filling.ts'
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
  const rows = async (sql: string) => (await connection.query({ sql, rowsAsArray: true }))[0] as unknown[][]
  const names = async () => {
    const collections = await client.db().listCollections({}, { nameOnly: true }).toArray()
    return [...(await rows('SHOW TABLES')).flat(), ...collections.map((each) => each.name)].toSorted()
  }
  const read = async () => ({
    surnames: (await readAll(place.trainees)).map((each) => each.surname),
    doctors: (await readAll(place.doctors)).map((each) => each.doctor.storedId),
  })
  const cutFilling = async () => {
    const ids = await rows(
      'SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()',
    )
    for (const [id] of ids) await connection.query(`KILL ${Number(id)}`)
  }
  const settings = { ...place.mysql, ...place.mongodb }
  return { ...place, settings, connection, database: client.db(), rows, names, read, cutFilling }
}

const OURS = [
  'ContactDetails',
  'CurriculumMembership',
  'GmcDetails',
  'Person',
  'Placement',
  'Programme',
  'ProgrammeMembership',
  'doctorsForDB',
  'exceptionLogs',
  'recommendation',
]

const named = (surname: string): TableRows => ({
  ContactDetails: [row('ContactDetails', { id: 1, surname })],
  doctorsForDB: [row('doctorsForDB', { storedId: surname })],
})
const sees = (surname: string) => ({ surnames: [surname], doctors: [surname] })

test('a filling replaces all rows, leaves nothing else, and touches nothing of others', async (t) => {
  const place = await placeFor(t)
  await place.connection.query('CREATE TABLE theirs (id int PRIMARY KEY); INSERT INTO theirs VALUES (7)')
  await place.database.collection<{ _id: string }>('alsoTheirs').insertOne({ _id: 'x' })
  const all = [...OURS, 'theirs', 'alsoTheirs'].toSorted()
  for (const surname of ['First', 'Second']) {
    await place.fill(named(surname))
    assert.deepEqual(await place.read(), sees(surname))
    assert.deepEqual(await place.names(), all)
  }
  const filling = await place.sources.begin()
  await addAll(filling, named('Third'))
  await filling.abandon()
  await filling.abandon()
  await assert.rejects(filling.add('Person', []), { code: 'SOURCE_FAILED' })
  assert.deepEqual(await place.read(), sees('Second'))
  assert.deepEqual(await place.names(), all)
  assert.deepEqual(await place.rows('SELECT id FROM theirs'), [[7]])
})

test('rows that are there, on either server, are replaced only when it was said', async (t) => {
  const place = await placeFor(t)
  const begun = async (force: boolean) => (await openFillable(place.settings, { force })).close()
  await begun(false)
  await place.fill({})
  await begun(false)
  for (const rows of [
    { Programme: [row('Programme', { id: 1 })] },
    { exceptionLogs: [row('exceptionLogs', { storedId: 'x' })] },
  ]) {
    await place.fill(rows)
    await assert.rejects(begun(false), { code: 'SOURCE_NOT_EMPTY' })
    await begun(true)
  }
})

test('rows that break a rule are named, and nothing of them reaches a server', async (t) => {
  const place = await placeFor(t)
  await place.fill(named('First'))
  const filling = await place.sources.begin()
  await addAll(filling, {
    Person: [row('Person', { id: 1 }), row('Person', { id: 1 })],
    doctorsForDB: ['1234567', ' 1234567'].map((storedId) => row('doctorsForDB', { storedId })),
  })
  const violations: string[] = []
  for await (const { table, line, column } of filling.violations()) violations.push(`${table} ${line} ${column}`)
  assert.deepEqual(violations, ['Person 3 id', 'doctorsForDB 3 _id'])
  await filling.abandon()
  assert.deepEqual(await place.read(), sees('First'))
})

test('one filling at a time', async (t) => {
  const place = await placeFor(t)
  const first = await place.sources.begin()
  await assert.rejects(place.sources.begin(), { code: 'DATA_DIR_IN_USE' })
  await addAll(first, named('First'))
  await first.commit()
  assert.deepEqual(await place.read(), sees('First'))
  await place.fill(named('Second'))
})

test('a filling that is cut off leaves the rows as they were, and the next one begins afresh', async (t) => {
  const place = await placeFor(t)
  await place.fill(named('First'))
  const filling = await place.sources.begin()
  await addAll(filling, named('Second'))
  await place.cutFilling()
  await assert.rejects(filling.commit(), { code: 'SOURCE_FAILED', transient: true })
  await assert.rejects(filling.commit(), { code: 'SOURCE_FAILED', message: /already failed/ })
  assert.deepEqual(await place.read(), sees('First'))
  await place.database.createCollection('reval_filled_recommendation')
  await filling.abandon()
  await place.fill(named('Third'))
  assert.deepEqual(await place.read(), sees('Third'))
  assert.deepEqual(await place.names(), OURS)
})

test('what one server cannot store changes neither of them', async (t) => {
  const place = await placeFor(t)
  const TEXT_OF_17_MB = 'x'.repeat(17_000_000)
  const faults: readonly (readonly [TableRows, RegExp])[] = [
    [
      { ProgrammeMembership: [row('ProgrammeMembership', { uuid: uuid(1), programmeStartDate: 'some day' })] },
      /some day/,
    ],
    [{ exceptionLogs: [row('exceptionLogs', { storedId: 'x', errorMessage: TEXT_OF_17_MB })] }, /MongoDB at/],
  ]
  for (const filled of [false, true]) {
    if (filled) await place.fill(named('First'))
    for (const [fault, reason] of faults) {
      await assert.rejects(place.fill({ ...named('Second'), ...fault }), { code: 'SOURCE_FAILED', message: reason })
      assert.deepEqual(await place.names(), filled ? OURS : [])
      if (filled) assert.deepEqual(await place.read(), sees('First'))
    }
  }
})

test('who reads MySQL while it is filled goes on seeing the rows that were there', async (t) => {
  const place = await placeFor(t)
  await place.fill(named('First'))
  await using snapshot = await place.trainees.snapshot()
  await place.fill(named('Second'))
  const read: (string | null)[] = []
  for await (const batch of snapshot.batches(10)) read.push(...batch.map((each) => each.surname))
  assert.deepEqual(read, ['First'])
})

test('a table that is missing is made; one of another form is nobody’s to replace', async (t) => {
  const place = await placeFor(t)
  await place.fill(named('First'))
  await place.connection.query('DROP TABLE Person')
  await place.fill({ ...named('Second'), Person: [row('Person', { id: 1, role: 'x' })] })
  assert.deepEqual(await place.rows('SELECT role FROM Person'), [['x']])
  await place.connection.query('ALTER TABLE Person DROP COLUMN role')
  const again = { ...named('Third'), Person: [row('Person', { id: 1 })] }
  await assert.rejects(place.fill(again), { code: 'SOURCE_FAILED', message: /role/ })
  await place.connection.query('ALTER TABLE Person ADD COLUMN role text')
  assert.deepEqual(await place.read(), sees('Second'))
})

test('every column is stored, whether it is read or not: odd texts, dates, what is null', async (t) => {
  const place = await placeFor(t)
  const odd = ' O’Brien "\\\'\n\t\u0000😀 é;--'
  await place.fill({
    ContactDetails: [row('ContactDetails', { id: 1, surname: odd, forenames: '' }), row('ContactDetails', { id: 2 })],
    Programme: [row('Programme', { id: 5, programmeNumber: odd })],
    ProgrammeMembership: [
      row('ProgrammeMembership', {
        uuid: uuid(1).toUpperCase(),
        programmeStartDate: '2030-02-28',
        programmeEndDate: ' ',
      }),
    ],
    CurriculumMembership: [
      row('CurriculumMembership', { id: 9, personId: 1, curriculumId: 3, curriculumStartDate: '1900-01-01' }),
    ],
  })
  assert.deepEqual(await place.rows('SELECT * FROM ContactDetails ORDER BY id'), [
    [1, odd, ''],
    [2, null, null],
  ])
  assert.deepEqual(await place.rows('SELECT * FROM Programme'), [[5, null, null, odd]])
  assert.deepEqual(
    await place.rows('SELECT uuid, CAST(programmeStartDate AS char), programmeEndDate FROM ProgrammeMembership'),
    [[uuid(1).toUpperCase(), '2030-02-28', null]],
  )
  assert.deepEqual(
    await place.rows(
      'SELECT id, programmeMembershipUuid, personId, curriculumId, CAST(curriculumStartDate AS char), curriculumEndDate FROM CurriculumMembership',
    ),
    [[9, null, 1, 3, '1900-01-01', null]],
  )
})

test('documents are stored as the real system stores them', async (t) => {
  const place = await placeFor(t)
  const storedId = '5f1e7a2b3c4d5e6f7a8b9c0d'
  await place.fill({
    doctorsForDB: [
      row('doctorsForDB', {
        storedId: '1234567',
        submissionDate: '2030-06-01',
        existsInGmc: false,
        admin: ' 😀\u0000',
      }),
      row('doctorsForDB', { storedId, dateAdded: '2030-02-30', lastUpdatedDate: '5 Jan 2030' }),
    ],
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
    { _id: '1234567', submissionDate: new Date('2030-06-01T00:00:00Z'), existsInGmc: false, admin: ' 😀\u0000' },
    { _id: storedId, dateAdded: '2030-02-30', lastUpdatedDate: '5 Jan 2030' },
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

test('a hundred thousand rows come as they were added', async (t) => {
  const place = await placeFor(t)
  const all = Array.from({ length: 50_000 }, (_, index) => index + 1)
  await place.fill({
    ContactDetails: all.map((id) => row('ContactDetails', { id, surname: `n${id}` })),
    doctorsForDB: all.map((id) => row('doctorsForDB', { storedId: String(id + 1_000_000), doctorLastName: `n${id}` })),
  })
  const trainees = (await readAll(place.trainees, 1_000)).map((each) => [each.personId, each.surname])
  const doctors = (await readAll(place.doctors, 1_000)).map(({ doctor }) => [doctor.storedId, doctor.doctorLastName])
  assert.deepEqual(
    trainees,
    all.map((id) => [id, `n${id}`]),
  )
  assert.deepEqual(
    doctors,
    all.map((id) => [String(id + 1_000_000), `n${id}`]),
  )
})

test('where one of the servers is not there, nothing is opened', async (t) => {
  const { settings } = await placeFor(t)
  const port = await deadPort()
  for (const which of ['mysqlUrl', 'mongodbUrl'] as const) {
    const away = { ...settings, [which]: settings[which].replace(/:\d+/, `:${port}`) }
    await assert.rejects(openFillable(away, { force: false }), { code: 'SERVER_UNREACHABLE' })
  }
})
