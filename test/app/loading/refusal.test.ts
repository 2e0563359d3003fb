import assert from 'node:assert/strict'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { MOST_FAULTS } from '../../../src/app/loading/faults.ts'
import { EXPORTED, LoadingPlace, told, withLines } from './folder.ts'

test('a refusal leaves the sources unchanged, and the next load succeeds', async (t) => {
  const place = await LoadingPlace.of(t)
  await place.load()
  const before = [await place.persons(), await place.doctors(), await place.exceptions()]
  await place.faultsOf({
    'tcs/ContactDetails.csv': 'id,surname,forenames\n2,New,Name\n',
    'gmc/doctorsForDB.jsonl': '{"_id":"7654321"}\n',
    'connection/exceptionLogs.jsonl': '',
  })
  assert.deepEqual([await place.persons(), await place.doctors(), await place.exceptions()], before)
  await place.load({ ...withLines('tcs/ContactDetails.csv', '2,New,Name') })
  assert.equal((await place.persons()).length, 2)
})

test('all errors of all files are listed at once, by file and line', async (t) => {
  const place = await LoadingPlace.of(t)
  const faults = await place.faultsOf({
    'tcs/Person.csv': null,
    ...withLines('tcs/ContactDetails.csv', '1,a,b', 'x,a,b', '1,a,b'),
    ...withLines('tcs/ProgrammeMembership.csv', 'b,1,8,,2028-02-30,'),
    ...withLines('gmc/doctorsForDB.jsonl', '{', '{"_id":"1234567 "}', '{"_id":""}'),
    ...withLines('connection/exceptionLogs.jsonl', '{"_id":"x","errorMessage":1}'),
  })
  assert.deepEqual(
    faults.map(({ file, line, column }) => `${file} ${line ?? '-'} ${column ?? '-'}`),
    [
      'connection/exceptionLogs.jsonl 2 errorMessage',
      'gmc/doctorsForDB.jsonl 2 -',
      'gmc/doctorsForDB.jsonl 3 _id',
      'gmc/doctorsForDB.jsonl 4 _id',
      'tcs/ContactDetails.csv 3 id',
      'tcs/ContactDetails.csv 4 id',
      'tcs/ContactDetails.csv 5 id',
      'tcs/Person.csv - -',
      'tcs/ProgrammeMembership.csv 3 programmeStartDate',
      'tcs/ProgrammeMembership.csv 3 programmeId',
    ],
  )
})

test('of very many errors the first are listed and all are counted', async (t) => {
  const place = await LoadingPlace.of(t)
  const many = Array.from({ length: 3 * MOST_FAULTS }, (_, index) => `x${index},`)
  const folder = await place.folder({
    ...withLines('tcs/Person.csv', ...many),
    ...withLines('gmc/doctorsForDB.jsonl', ...many),
    ...withLines('connection/exceptionLogs.jsonl', '{"_id":"1234567"}'),
  })
  const { faults, total } = await place.refusalOf(folder)
  assert.equal(total, 6 * MOST_FAULTS + 1)
  assert.equal(faults.length, MOST_FAULTS)
  assert.deepEqual(
    faults.slice(0, 3).map(({ file, line }) => `${file} ${line ?? '-'}`),
    ['connection/exceptionLogs.jsonl 2', 'gmc/doctorsForDB.jsonl 2', 'gmc/doctorsForDB.jsonl 3'],
  )
  assert.equal(faults.at(-1)?.line, MOST_FAULTS)
})

test('an empty folder lacks every file', async (t) => {
  const place = await LoadingPlace.of(t)
  const folder = await place.folder({})
  await rm(folder, { recursive: true })
  await mkdir(folder)
  const { faults } = await place.refusalOf(folder)
  assert.deepEqual(
    faults.map(told),
    EXPORTED.toSorted().map((file) => `${file}:-:- the file is missing`),
  )
})

test('a missing folder, or a file in its place, is refused', async (t) => {
  const place = await LoadingPlace.of(t)
  const folder = await place.folder({})
  const missing = join(folder, 'nowhere')
  assert.deepEqual((await place.refusalOf(missing)).faults.map(told), [`${missing}:-:- no such directory`])
  const file = join(folder, 'tcs', 'Person.csv')
  assert.deepEqual((await place.refusalOf(file)).faults.map(told), [`${file}:-:- not a directory`])
})

test('a folder in place of a file cannot be read', async (t) => {
  const place = await LoadingPlace.of(t)
  const folder = await place.folder({ 'tcs/Person.csv': null })
  await mkdir(join(folder, 'tcs', 'Person.csv'))
  const { faults } = await place.refusalOf(folder)
  assert.deepEqual(faults.map(told), ['tcs/Person.csv:-:- the file cannot be read (EISDIR)'])
})

test('a file that is not text is abandoned, not held in memory', async (t) => {
  const place = await LoadingPlace.of(t)
  const faults = await place.faultsOf({ 'gmc/recommendation.jsonl': Buffer.alloc(20 * 1024 * 1024, ' ') })
  assert.deepEqual(
    faults.map(({ file, line }) => [file, line]),
    [['gmc/recommendation.jsonl', 1]],
  )
})

test('an aborted load leaves the sources unchanged', async (t) => {
  const place = await LoadingPlace.of(t)
  await place.load()
  const stop = new AbortController()
  const loading = place.load(withLines('tcs/ContactDetails.csv', '2,New,Name'), {
    signal: stop.signal,
    onProgress: ({ file }) => file.startsWith('gmc/') && stop.abort(new Error('enough')),
  })
  await assert.rejects(loading, { message: 'enough' })
  assert.equal((await place.persons()).length, 1)
  await place.load()
})
