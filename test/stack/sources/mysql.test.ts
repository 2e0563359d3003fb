import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { systemClock } from '../../../src/adapters/clock/system.ts'
import { inspectMysql } from '../../../src/adapters/sources/mysql/inspect.ts'
import type { MysqlSettings } from '../../../src/adapters/sources/mysql/settings.ts'
import { openMysqlTraineeSource } from '../../../src/adapters/sources/mysql/open.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { numbers } from '../../contract/sources/by-key.ts'
import { readAll } from '../../contract/sources/place.ts'
import { row, uuid } from '../../contract/sources/rows.ts'
import { certificate, STRANGER } from '../certificates.ts'
import { servers } from '../servers.ts'
import { deadPort, openProxy, openSilence } from './proxy.ts'
import { mysqlConnection, newPlace } from './server-place.ts'

async function placeFor(t: TestContext) {
  const place = await newPlace()
  const database = new URL(place.mysql.mysqlUrl).pathname.slice(1)
  const connection = await mysqlConnection(database)
  t.after(async () => {
    await connection.end()
    await place.dispose()
  })
  return { ...place, connection, database }
}

const open = (settings: MysqlSettings, pageRows?: number) =>
  openMysqlTraineeSource({ settings, clock: systemClock, ...(pageRows !== undefined && { pageRows }) })

function through(settings: MysqlSettings, host: string, port: number): MysqlSettings {
  const url = new URL(settings.mysqlUrl)
  url.host = `${host}:${port}`
  return { ...settings, mysqlUrl: url.href }
}

const serverPort = () => Number(new URL(servers.mysql.url).port)

/** Persons with one programme membership each. */
function persons(count: number) {
  const ids = Array.from({ length: count }, (_, index) => index + 1)
  return {
    ContactDetails: ids.map((id) => row('ContactDetails', { id, surname: 'before' })),
    Programme: [row('Programme', { id: 1, programmeName: 'Surgery' })],
    ProgrammeMembership: ids.map((id) =>
      row('ProgrammeMembership', { uuid: uuid(id), personId: id, programmeId: 1, programmeStartDate: '2024-01-01' }),
    ),
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

test('a wrong password is refused by the name of its setting, and never shown', async (t) => {
  const { mysql } = await placeFor(t)
  const settings = { ...mysql, mysqlPassword: 'not-the-password' }
  await assert.rejects(open(settings), (error) => {
    codeIs('SERVER_LOGIN_REFUSED', /REVAL_MYSQL_USER, REVAL_MYSQL_PASSWORD/, false)(error)
    return !String(error).includes('not-the-password')
  })
  const [finding, ...others] = await inspectMysql(settings, { byNumber: true })
  assert.deepEqual([finding?.status, others], ['fail', []])
  assert.match(finding?.found ?? '', /REVAL_MYSQL_PASSWORD/)
})

test('a server that is down, or silent, is unreachable', async (t) => {
  const { mysql } = await placeFor(t)
  const settings = through(mysql, '127.0.0.1', await deadPort())
  await assert.rejects(open(settings), codeIs('SERVER_UNREACHABLE', /REVAL_MYSQL_URL/, true))
  await using silent = await openSilence()
  await assert.rejects(
    open(through(mysql, '127.0.0.1', silent.port)),
    codeIs('SERVER_UNREACHABLE', /REVAL_MYSQL_URL/, true),
  )
})

test('an unknown database is missing', async (t) => {
  const { mysql } = await placeFor(t)
  const settings = { ...mysql, mysqlUrl: mysql.mysqlUrl.replace(/[^/]*$/, 'reval_nobody_made_this') }
  await assert.rejects(open(settings), codeIs('SOURCE_MISSING', /reval_nobody_made_this.*REVAL_MYSQL_URL/, false))
})

test('tables and columns that are missing are named, all of them at once', async (t) => {
  const place = await placeFor(t)
  await place.fill(persons(1))
  await place.connection.query(
    `ALTER TABLE ContactDetails DROP COLUMN surname;
     ALTER TABLE CurriculumMembership DROP COLUMN curriculumEndDate, DROP COLUMN curriculumId;
     DROP TABLE Person`,
  )
  const names = /table Person, ContactDetails\.surname, CurriculumMembership\.curriculumEndDate$/
  await assert.rejects(place.trainees.snapshot(), codeIs('SOURCE_COLUMNS_MISSING', names, false))
  await assert.rejects(place.trainees.ping(), { code: 'SOURCE_COLUMNS_MISSING' })
  const findings = await inspectMysql(place.mysql, { byNumber: true })
  const bad = findings.filter((each) => each.status === 'fail')
  assert.deepEqual(
    bad.map((each) => each.what),
    ['table ContactDetails', 'table Person', 'table CurriculumMembership'],
  )
  assert.ok(bad.every((each) => each.remedy?.includes('REVAL_MYSQL_URL')))
  // A column that is not read is nobody's concern.
  assert.ok(findings.every((each) => !each.found.includes('curriculumId')))
})

test('a TCS without placements, or with other ones, is read without them and passes', async (t) => {
  const place = await placeFor(t)
  await place.fill({
    ...persons(1),
    Placement: [row('Placement', { traineeId: 1, gradeId: 279, dateFrom: '2024-08-07', dateTo: '2035-08-04' })],
  })
  const placements = async () => (await readAll(place.trainees)).map((each) => each.placements)
  assert.deepEqual(await placements(), [[{ gradeId: '279', dateFrom: '2024-08-07', dateTo: '2035-08-04' }]])
  for (const change of ['ALTER TABLE Placement DROP COLUMN gradeId', 'DROP TABLE Placement']) {
    await place.connection.query(change)
    assert.deepEqual(await placements(), [[]])
    const findings = await inspectMysql(place.mysql, { byNumber: true })
    const unsound = findings.filter((each) => each.status !== 'ok')
    assert.deepEqual(unsound, [])
    const { found = '' } = findings.find((each) => each.what === 'table Placement') ?? {}
    assert.match(found, /placementGrade stays empty/)
  }
})

test('names of columns are compared as MySQL does, without case', async (t) => {
  const place = await placeFor(t)
  await place.fill(persons(1))
  await place.connection.query('ALTER TABLE ContactDetails RENAME COLUMN surname TO SURNAME')
  assert.deepEqual(
    (await readAll(place.trainees)).map((each) => each.surname),
    ['before'],
  )
})

test('a valid database passes; slow reads are warnings', async (t) => {
  const place = await placeFor(t)
  await place.fill(persons(3))
  const sound = await inspectMysql(place.mysql, { byNumber: true })
  assert.deepEqual(
    sound.filter((each) => each.status !== 'ok'),
    [],
  )
  assert.match(sound[0]?.found ?? '', /MariaDB|MySQL.*logged in as/)
  await place.connection.query(
    `DROP INDEX personId ON ProgrammeMembership; DROP INDEX programmeMembershipUuid ON CurriculumMembership;
     DROP INDEX gmcNumber ON GmcDetails;
     ALTER TABLE CurriculumMembership MODIFY programmeMembershipUuid varchar(255) COLLATE utf8mb4_bin`,
  )
  const warning = (await inspectMysql(place.mysql, { byNumber: true })).filter((each) => each.status !== 'ok')
  assert.deepEqual(
    warning.map(({ what, status }) => `${status} ${what}`),
    [
      'warn index on ProgrammeMembership.personId',
      'warn index on CurriculumMembership.programmeMembershipUuid',
      'warn index on GmcDetails.gmcNumber',
      'warn collation of CurriculumMembership.programmeMembershipUuid',
    ],
  )
})

test('UUIDs meet without regard to case in columns that tell it apart, too', async (t) => {
  const place = await placeFor(t)
  await place.fill({
    ...persons(1),
    CurriculumMembership: [uuid(1), uuid(1).toUpperCase()].map((programmeMembershipUuid, id) =>
      row('CurriculumMembership', { id, programmeMembershipUuid, curriculumEndDate: '2030-01-01' }),
    ),
  })
  await place.connection.query(
    'ALTER TABLE CurriculumMembership MODIFY programmeMembershipUuid varchar(255) COLLATE utf8mb4_bin',
  )
  const [person] = await readAll(place.trainees)
  assert.deepEqual(person?.memberships[0]?.curriculumEndDates, ['2030-01-01', '2030-01-01'])
})

test('dates come as they are stored, impossible ones too', async (t) => {
  const place = await placeFor(t)
  await place.fill({
    ContactDetails: [row('ContactDetails', { id: 1 })],
    ProgrammeMembership: [
      row('ProgrammeMembership', {
        uuid: uuid(1),
        personId: 1,
        programmeStartDate: '2024-02-30',
        programmeEndDate: '2024-03-31',
      }),
    ],
  })
  await place.connection.query("SET sql_mode = ''; UPDATE ProgrammeMembership SET programmeEndDate = '0000-00-00'")
  const [person] = await readAll(place.trainees)
  const [membership] = person?.memberships ?? []
  assert.deepEqual([membership?.programmeStartDate, membership?.programmeEndDate], ['2024-02-30', '0000-00-00'])
})

test('a snapshot shows one moment, whatever is written while it is read', async (t) => {
  const place = await placeFor(t)
  await place.fill(persons(50))
  const source = await open(place.mysql, 7)
  t.after(() => source.close())
  const before = await readAll(source)
  assert.equal(before.length, 50)
  await using snapshot = await source.snapshot()
  await place.connection.query(
    `UPDATE ContactDetails SET surname = 'after'; UPDATE Programme SET programmeName = 'Medicine';
     DELETE FROM ContactDetails WHERE id > 40; INSERT INTO ContactDetails (id) VALUES (1000);
     UPDATE ProgrammeMembership SET personId = 1`,
  )
  const read = []
  for await (const batch of snapshot.batches(3)) read.push(...batch)
  assert.deepEqual(read, before)
  assert.equal((await readAll(source)).length, 41)
})

test('a snapshot whose connection is cut is lost, and the next one works', async (t) => {
  const place = await placeFor(t)
  await place.fill(persons(50))
  await using proxy = await openProxy(serverPort())
  const source = await open(through(place.mysql, '127.0.0.1', proxy.port), 5)
  t.after(() => source.close())
  {
    await using snapshot = await source.snapshot()
    await assert.rejects(
      async () => {
        for await (const batch of snapshot.batches(5)) {
          assert.ok(batch.length > 0)
          proxy.cut()
        }
      },
      codeIs('SOURCE_FAILED', /connection to MySQL was lost/, true),
    )
  }
  proxy.taking = false
  await assert.rejects(source.snapshot(), codeIs('SOURCE_FAILED', /REVAL_MYSQL_URL/, true))
  await assert.rejects(source.ping(), codeIs('SOURCE_FAILED', /REVAL_MYSQL_URL/, true))
  proxy.taking = true
  await source.ping()
  assert.equal((await readAll(source)).length, 50)
})

test('reading by key keeps its connection, and connects again after a fault', async (t) => {
  const place = await placeFor(t)
  await place.fill(persons(3))
  await using proxy = await openProxy(serverPort())
  const source = await open(through(place.mysql, '127.0.0.1', proxy.port))
  t.after(() => source.close())
  const read = async () => (await source.recordsOf({ personIds: [1, 2], numbers: [] })).length
  assert.equal(await read(), 2)
  // The open connection works on although the server takes no new one.
  proxy.taking = false
  assert.equal(await read(), 2)
  proxy.cut()
  await assert.rejects(read(), codeIs('SOURCE_FAILED', /connection to MySQL was lost/, true))
  await assert.rejects(read(), codeIs('SOURCE_FAILED', /REVAL_MYSQL_URL/, true))
  proxy.taking = true
  assert.deepEqual(await Promise.all([read(), read(), read()]), [2, 2, 2])
  await source.close()
  await assert.rejects(read(), codeIs('SOURCE_FAILED', /closed/, false))
})

test('an idle connection is replaced, since a firewall may have forgotten it', async (t) => {
  const place = await placeFor(t)
  await place.fill(persons(1))
  await using proxy = await openProxy(serverPort())
  const clock = new ManualClock()
  const source = await openMysqlTraineeSource({ settings: through(place.mysql, '127.0.0.1', proxy.port), clock })
  t.after(() => source.close())
  const read = async () => (await source.recordsOf({ personIds: [1], numbers: [] })).length
  assert.equal(await read(), 1)
  proxy.cut()
  await clock.advance(60_000)
  assert.equal(await read(), 1)
})

test('by key, too, placements may come and go, and a table that is missing is named', async (t) => {
  const place = await placeFor(t)
  const placed = row('Placement', { traineeId: 1, gradeId: 279, dateFrom: '2024-08-07', dateTo: '2035-08-04' })
  await place.fill({ ...persons(1), Placement: [placed] })
  const placements = async () =>
    (await place.trainees.recordsOf({ personIds: [1], numbers: [] })).map((each) => each.placements.length)
  assert.deepEqual(await placements(), [1])
  await place.connection.query('RENAME TABLE Placement TO Elsewhere')
  assert.deepEqual(await placements(), [0])
  await place.connection.query('RENAME TABLE Elsewhere TO Placement')
  assert.deepEqual(await placements(), [1])
  await place.connection.query('DROP TABLE Person')
  await assert.rejects(placements(), codeIs('SOURCE_COLUMNS_MISSING', /table Person/, false))
})

test('a text that the database takes for a number is not one', async (t) => {
  const place = await placeFor(t)
  const texts = ['1234567', '１２３４５６７', '1234567 (old)', '1234567 ']
  await place.fill({
    ContactDetails: texts.map((_, id) => row('ContactDetails', { id })),
    GmcDetails: texts.map((gmcNumber, id) => row('GmcDetails', { id, gmcNumber })),
  })
  const found = await place.trainees.recordsOf({ personIds: [], numbers: numbers('1234567') })
  const ids = found.map(({ personId }) => personId)
  assert.ok(ids.includes(0) && !ids.includes(1) && !ids.includes(2), ids.join())
})

test('closing ends what is being read, and may be done twice', async (t) => {
  const place = await placeFor(t)
  await place.fill(persons(20))
  const source = await open(place.mysql, 5)
  const snapshot = await source.snapshot()
  await assert.rejects(
    async () => {
      for await (const batch of snapshot.batches(5)) {
        assert.ok(batch.length > 0)
        await source.close()
      }
    },
    { code: 'SOURCE_FAILED' },
  )
  await source.close()
  await assert.rejects(source.snapshot(), { code: 'SOURCE_FAILED' })
  await assert.rejects(source.ping(), { code: 'SOURCE_FAILED' })
})

test('with TLS the certificate is checked, against the authority of the setting and the host of the address', async (t) => {
  const place = await placeFor(t)
  await place.fill(persons(2))
  const tls = (settings: MysqlSettings, ca: string): MysqlSettings => ({ ...settings, mysqlTls: 'verify', mysqlCa: ca })
  for (const host of ['127.0.0.1', 'localhost']) {
    const source = await open(tls(through(place.mysql, host, serverPort()), certificate('ca.pem')))
    assert.equal((await readAll(source)).length, 2)
    await source.close()
  }
  await assert.rejects(open(tls(place.mysql, STRANGER)), codeIs('SERVER_UNREACHABLE', /REVAL_MYSQL_CA/, false))
  // The same machine by an address that the certificate does not name.
  await using proxy = await openProxy(serverPort(), undefined, '127.0.0.2')
  const other = through(place.mysql, '127.0.0.2', proxy.port)
  await assert.rejects(open(tls(other, certificate('ca.pem'))), codeIs('SERVER_UNREACHABLE', /REVAL_MYSQL_CA/, false))
})
