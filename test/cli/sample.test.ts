import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openIndexStore } from '../../src/adapters/index-store/sqlite/open.ts'
import { plantInFile } from '../adapters/index-store/sqlite-planting.ts'
import { Workplace } from '../app/job/workplace.ts'
import { runAnew } from '../crash/crashing.ts'
import { at, reval } from './reval.ts'

async function liveOf(directory: string): Promise<string> {
  const store = await openIndexStore({ directory })
  try {
    return (await store.liveAliases())?.masterdoctorindex ?? assert.fail('nothing is live')
  } finally {
    await store.close()
  }
}

describe('reval verify --sample', { concurrency: 2 }, () => {
  test('says whether random rows are as the sources require, by its output and its exit status', async (t) => {
    const place = await Workplace.make(t)
    await place.loadFew()
    await runAnew(place)
    const where = at(place.directory)
    const sampled = (...args: readonly string[]) => reval(['verify', '--sample', ...args, ...where])

    const same = await sampled('100', '--json')
    assert.deepEqual(
      [same.code, JSON.parse(same.out)],
      [0, { missing: [], surplus: [], different: [], tables: [] }],
      same.err,
    )
    assert.match((await sampled('2', '--seed', '1')).out, /^Checked 2 of \d+ rows, .*, seed 1: nothing differs\.$/m)
    assert.match((await sampled('2')).out, /^With 95 % confidence, fewer than \d+ of the \d+ rows are wrong\./m)

    const live = await liveOf(place.directory)
    await plantInFile(place.directory, live, 'tcs-1', { change: 'delete' })
    await plantInFile(place.directory, live, 'tcs-2', { change: 'field', field: 'doctorLastName', value: 'Altered' })
    const differing = await sampled('100', '--json')
    assert.deepEqual(
      [differing.code, JSON.parse(differing.out)],
      [1, { missing: ['tcs-1'], surplus: [], different: [{ id: 'tcs-2', fields: ['doctorLastName'] }], tables: [] }],
      differing.err,
    )
    const text = await sampled('100')
    assert.match(text.out, /^ +different +tcs-2 +doctorLastName *$/m)
    assert.match(text.out, /^To repair these rows: reval resync <row> …\./m)

    assert.equal((await reval(['resync', 'tcs-1', 'tcs-2', ...where])).code, 0)
    assert.equal((await sampled('100')).code, 0)
  })

  test('exits with 2 if it is not known', async (t) => {
    const place = await Workplace.make(t)
    await place.loadFew()
    const refused = async (code: string, ...args: readonly string[]) => {
      const ended = await reval(['verify', ...args, ...at(place.directory)])
      assert.deepEqual([ended.code, ended.out], [2, ''], ended.err)
      assert.match(ended.err, new RegExp(`^error ${code}: `))
    }
    await refused('NOTHING_LIVE', '--sample', '10')
    await refused('USAGE', '--sample', '10', '--repair')
    await refused('USAGE', '--seed', '1')
  })
})
