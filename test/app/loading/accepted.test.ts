import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inOrder } from '../../contract/sources/joining.ts'
import { sampleDoctors, samplePersons, sampleReasons } from '../../domain/sample-source.ts'
import { EXPORTED, LoadingPlace, withLines } from './folder.ts'

const SAMPLE = new URL('../../fixtures/sample', import.meta.url).pathname

test('the sample is loaded completely, and reads back unchanged', async (t) => {
  const place = await LoadingPlace.of(t)
  const { loaded } = await place.loadFolder(SAMPLE)
  assert.deepEqual(loaded, {
    ContactDetails: 1200,
    GmcDetails: 1184,
    Person: 1200,
    Programme: 120,
    ProgrammeMembership: 1410,
    CurriculumMembership: 2169,
    Placement: 0,
    doctorsForDB: 1203,
    recommendation: 999,
    exceptionLogs: 22,
  })
  assert.deepEqual(inOrder(await place.persons()), inOrder(samplePersons()))
  // The dates of the documents are midnights; the day is what is kept of them.
  const written: unknown = JSON.parse(JSON.stringify(sampleDoctors()).replaceAll('T00:00:00Z', ''))
  const doctors = (await place.doctors()).map(({ doctor, latest }) => ({ stored: doctor, latest }))
  assert.deepEqual(inOrder(doctors), inOrder(written))
  assert.deepEqual(inOrder(await place.exceptions()), inOrder(sampleReasons()))
})

test('placements are optional in an export, and read if present', async (t) => {
  const place = await LoadingPlace.of(t)
  const ContactDetails = 'id,surname,forenames\n1,A,B\n'
  const { loaded } = await place.load({ 'tcs/ContactDetails.csv': ContactDetails })
  assert.equal(loaded.Placement, 0)
  assert.deepEqual((await place.persons())[0]?.placements, [])
  await place.load({
    'tcs/ContactDetails.csv': ContactDetails,
    'tcs/Placement.csv': 'id,traineeId,gradeId,dateFrom,dateTo\n7,1,279,2024-08-07,\n8,99,280,,\n',
  })
  assert.deepEqual((await place.persons())[0]?.placements, [{ gradeId: '279', dateFrom: '2024-08-07', dateTo: null }])
})

test('CSV is read as in RFC 4180: quotes, commas and line ends in texts, either line end, no last one', async (t) => {
  const place = await LoadingPlace.of(t)
  await place.load({
    'tcs/ContactDetails.csv': '"id","surname","forenames"\r\n1,"O""Neill, Jr.","Two\r\nlines"\r\n2,\u00a0,"a\nb"',
  })
  const persons = (await place.persons()).map(({ personId, surname, forenames }) => [personId, surname, forenames])
  assert.deepEqual(persons.toSorted(), [
    [1, 'O"Neill, Jr.', 'Two\r\nlines'],
    [2, '\u00a0', 'a\nb'],
  ])
})

test('an empty cell is NULL, quoted or not', async (t) => {
  const place = await LoadingPlace.of(t)
  await place.load({ 'tcs/ContactDetails.csv': 'id,surname,forenames\n1,,""\n' })
  const [person] = await place.persons()
  assert.deepEqual([person?.surname, person?.forenames], [null, null])
})

test('the NULL of MySQL is NULL in every column, quoted or not', async (t) => {
  const place = await LoadingPlace.of(t)
  const { odd } = await place.load({
    'tcs/ContactDetails.csv': 'id,surname,forenames\n1,\\N,"\\N"\n',
    'tcs/GmcDetails.csv': 'id,gmcNumber\n1,\\N\n',
    'tcs/Person.csv': 'id,role\n1,\\N\n',
    'tcs/Programme.csv': 'id,owner,programmeName,programmeNumber\n1,\\N,\\N,\\N\n',
    ...withLines('tcs/ProgrammeMembership.csv', 'b,1,\\N,\\N,\\N,\\N'),
    ...withLines('tcs/CurriculumMembership.csv', '2,\\N,\\N,\\N,\\N,\\N'),
  })
  const persons = await place.persons()
  assert.deepEqual(
    persons.map(({ surname, forenames }) => [surname, forenames]),
    [[null, null]],
  )
  assert.ok(!JSON.stringify(persons).includes('\\N'))
  assert.deepEqual(odd, [])
})

test('placeholders, odd GMC numbers and invisible characters are counted by column, and loaded unchanged', async (t) => {
  const place = await LoadingPlace.of(t)
  const { odd } = await place.load({
    ...withLines('tcs/ContactDetails.csv', '2,NULL,Al\u200ban', '3,(null),Ann', '4,Null,Siân', '5,\u00a0,N/A '),
    ...withLines('tcs/GmcDetails.csv', '2,n/a', '3,123456', '4,1234567\u200b', '5,O123456', '6, 7654321 '),
    ...withLines('gmc/doctorsForDB.jsonl', '{"_id":"UNKNOWN","admin":"\\\\N"}', '{"_id":"2345678","sanction":"-"}'),
  })
  assert.deepEqual(
    odd.map(({ file, column, looksLike, rows, line, example }) => [
      `${file} ${column}`,
      looksLike,
      rows,
      line,
      example,
    ]),
    [
      ['tcs/ContactDetails.csv surname', 'nothing', 3, 3, '"NULL"'],
      ['tcs/ContactDetails.csv forenames', 'invisible characters', 1, 3, '"Al\\u{200b}an"'],
      ['tcs/ContactDetails.csv forenames', 'nothing', 1, 6, '"N/A "'],
      ['tcs/GmcDetails.csv gmcNumber', 'nothing', 1, 3, '"n/a"'],
      ['tcs/GmcDetails.csv gmcNumber', 'no GMC number', 2, 4, '"123456"'],
      ['tcs/GmcDetails.csv gmcNumber', 'invisible characters', 1, 5, '"1234567\\u{200b}"'],
      ['gmc/doctorsForDB.jsonl _id', 'no GMC number', 1, 2, '"UNKNOWN"'],
      ['gmc/doctorsForDB.jsonl admin', 'nothing', 1, 2, '"\\N"'],
      ['gmc/doctorsForDB.jsonl sanction', 'nothing', 1, 3, '"-"'],
    ],
  )
  const shown = (await place.persons()).find(({ personId }) => personId === 2)
  assert.deepEqual([shown?.surname, shown?.forenames], ['NULL', 'Al\u200ban'])
})

test('columns are found by the header, in any order; others and a byte order mark are ignored', async (t) => {
  const place = await LoadingPlace.of(t)
  await place.load({
    'tcs/ContactDetails.csv': '\ufeffemail,forenames,id,surname\nx@example.org,Siân,1,Smith\n',
    'gmc/doctorsForDB.jsonl': '\ufeff{"_id":"1234567","_class":"x","extra":{"$numberInt":"5"}}\n',
  })
  const [person] = await place.persons()
  assert.deepEqual([person?.personId, person?.forenames, person?.surname], [1, 'Siân', 'Smith'])
  assert.equal((await place.doctors()).length, 1)
})

test('blank lines are ignored', async (t) => {
  const place = await LoadingPlace.of(t)
  const { loaded } = await place.load({
    ...withLines('tcs/Person.csv', '', '2,', ''),
    ...withLines('connection/exceptionLogs.jsonl', '', '  '),
  })
  assert.deepEqual([loaded.Person, loaded.exceptionLogs], [2, 1])
})

test('dates of documents may be relaxed or canonical, with a time or an offset; their day is in UTC', async (t) => {
  const place = await LoadingPlace.of(t)
  const dates: Record<string, string> = {
    '{"$date":"2028-02-29T00:00:00Z"}': '2028-02-29',
    '{"$date":"2028-02-29T23:59:59.999Z"}': '2028-02-29',
    '{"$date":"2028-03-01T00:30:00+01:00"}': '2028-02-29',
    '{"$date":"2028-03-01T00:30:00.000+0000"}': '2028-03-01',
    '{"$date":{"$numberLong":"1835395200000"}}': '2028-02-29',
    '{"$date":{"$numberLong":"-315619200000"}}': '1960-01-01',
  }
  const lines = Object.keys(dates).map((date, index) => `{"_id":"200000${index}","submissionDate":${date}}`)
  await place.load({ 'gmc/doctorsForDB.jsonl': lines.join('\n') })
  const read = (await place.doctors()).map(({ doctor }) => doctor.submissionDate)
  assert.deepEqual(read, Object.values(dates))
})

test('a field that is null is absent; ids of recommendations may be texts; texts may hold any line end', async (t) => {
  const place = await LoadingPlace.of(t)
  await place.load({
    'gmc/doctorsForDB.jsonl': '{"_id":"1234567","admin":null,"existsInGmc":null,"sanction":"a\u2028b\\u0000"}\n',
    'gmc/recommendation.jsonl': '{"_id":"r1","gmcNumber":"1234567"}\r\n{"_id":{"$oid":"5F000000000000000000000A"}}\r\n',
  })
  const [record] = await place.doctors()
  assert.deepEqual(
    [record?.doctor.admin, record?.doctor.existsInGmc, record?.doctor.sanction, record?.latest?.storedId],
    [null, null, 'a\u2028b\u0000', 'r1'],
  )
})

test('memberships without dates, without a programme, curricula without a membership: all are accepted', async (t) => {
  const place = await LoadingPlace.of(t)
  const { loaded } = await place.load({
    ...withLines('tcs/ProgrammeMembership.csv', 'b-2,1,,,,', 'b-3,1,1,,2020-01-01,'),
    ...withLines('tcs/CurriculumMembership.csv', '2,,,,,'),
    ...withLines('gmc/recommendation.jsonl', '{"_id":"r","gmcNumber":"9999999"}', '{"_id":"s"}'),
    ...withLines('tcs/GmcDetails.csv', '77,1234567'),
  })
  assert.deepEqual([loaded.ProgrammeMembership, loaded.CurriculumMembership, loaded.recommendation], [3, 2, 3])
})

test('all tables may be empty', async (t) => {
  const place = await LoadingPlace.of(t)
  const empty = EXPORTED.map((file) => [file, file.endsWith('.csv') ? headerOf(file) : ''])
  const { loaded } = await place.load(Object.fromEntries(empty) as Record<string, string>)
  assert.deepEqual(new Set(Object.values(loaded)), new Set([0]))
  assert.deepEqual(await place.persons(), [])
})

function headerOf(file: (typeof EXPORTED)[number]): string {
  return String(withLines(file)[file]).split('\n')[0] ?? ''
}

test('a file of many chunks keeps its rows and its lines', async (t) => {
  const place = await LoadingPlace.of(t)
  const rows = Array.from(
    { length: 20_000 },
    (_, index) => `${index + 2},"Line one\nline two ${'é'.repeat(index % 9)}",x`,
  )
  const progress: number[] = []
  const { loaded } = await place.load(withLines('tcs/ContactDetails.csv', ...rows), {
    onProgress: ({ file, rows }) => file === 'tcs/ContactDetails.csv' && progress.push(rows),
  })
  assert.equal(loaded.ContactDetails, 20_001)
  assert.ok(progress.length > 5)
  assert.deepEqual(
    progress,
    progress.toSorted((a, b) => a - b),
  )
  assert.equal(progress.at(-1), 20_001)

  const [fault, ...others] = await place.faultsOf(withLines('tcs/ContactDetails.csv', ...rows, 'x,,'))
  assert.deepEqual([fault?.line, others], [2 + 2 * 20_000 + 1, []])
})
