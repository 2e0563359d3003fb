import assert from 'node:assert/strict'
import { after, before, describe, test, type TestContext } from 'node:test'
import type { Run } from '../../src/ports/run-ledger.ts'
import { plantInFile } from '../adapters/index-store/sqlite-planting.ts'
import { expectedDocuments, runToEnd, Workplace } from '../app/job/workplace.ts'
import { runAnew } from '../crash/crashing.ts'
import { at, folder, reval } from './reval.ts'

let sample: Workplace
let made: Run
const cleaning: (() => Promise<void>)[] = []
before(async () => {
  sample = await Workplace.make({ after: (clean) => cleaning.push(clean) })
  await sample.loadSample()
  made = await runAnew(sample)
})
after(async () => {
  for (const clean of cleaning) await clean()
})

/** The sample is live. `damage` deletes a row and alters another, as another program might. */
async function live(t: TestContext) {
  const place = await Workplace.copyOf(t, sample)
  const { generation, id } = made
  const damage = async (): Promise<void> => {
    await plantInFile(place.directory, generation ?? '', DELETED, { change: 'delete' })
    await plantInFile(place.directory, generation ?? '', ALTERED, ANOTHER_NAME)
  }
  return { place, where: at(place.directory), damage, id }
}

const DELETED = 'tcs-2151'
const ALTERED = 'tcs-2152'
const ANOTHER_NAME = { change: 'field', field: 'doctorFirstName', value: 'nobody' } as const
const NOTHING = { missing: [], surplus: [], different: [], tables: [] }
const FOUND = { missing: [DELETED], surplus: [], different: [{ id: ALTERED, fields: ['doctorFirstName'] }], tables: [] }

describe('reval verify', { concurrency: 2 }, () => {
  test('exits with 0 if nothing differs, 1 if something does, and 0 once it is repaired', async (t) => {
    const { place, where, damage, id } = await live(t)
    const right = await reval(['verify', ...where])
    assert.deepEqual([right.code, right.out.split('\n')[0]], [0, 'Checked 1,351 rows: nothing differs.'], right.err)
    await damage()
    const wrong = await reval(['verify', ...where])
    assert.equal(wrong.code, 1, wrong.err)
    assert.match(
      wrong.out,
      /^Checked 1,350 rows: 2 differ\.\nlive: run \S+, day \S+; 1 missing, 0 surplus, 1 different\n/,
    )
    assert.match(
      wrong.out,
      /\n {2}missing {4}tcs-2151\n {2}different {2}tcs-2152 {2}doctorFirstName\n[^]*reval verify --repair/,
    )
    const status = await reval(['status', ...where])
    assert.match(status.out, /\nverified \d+ s ago by run \S+: drift: 2 rows differ\n/)
    assert.partialDeepStrictEqual(JSON.parse((await reval(['status', '--json', ...where])).out), {
      latestVerification: { live: { run: id }, missing: 1, different: 1, isOfLive: true, hasDrift: true },
    })
    const json = await reval(['verify', '--json', ...where])
    assert.deepEqual([json.code, JSON.parse(json.out)], [1, FOUND])
    const repaired = await reval(['verify', '--repair', '--rows', '--json', ...where])
    assert.deepEqual([repaired.code, JSON.parse(repaired.out)], [0, FOUND], repaired.err)
    assert.deepEqual(await place.documents(), expectedDocuments())
    const again = await reval(['verify', '--json', ...where])
    assert.deepEqual([again.code, JSON.parse(again.out)], [0, NOTHING])
  })

  test('--repair promotes what it built', async (t) => {
    const { place, where, damage } = await live(t)
    await damage()
    const { code, out, err } = await reval(['verify', '--repair', ...where])
    assert.equal(code, 0, err)
    const [, run] = /\nRepaired: what was built is live, run (\S+)\. reval rollback undoes it\.\n/.exec(out) ?? []
    assert.equal((await place.installation()).live?.run, run)
    assert.deepEqual(await place.documents(), expectedDocuments())
    assert.match((await reval(['status', ...where])).out, /\nverified \d+ s ago by run \S+: nothing differs\n/)
  })

  test('exits with 2 if it is not known: nothing is live, or it is asked wrongly', async (t) => {
    const place = await Workplace.make(t)
    await place.loadFew()
    const empty = await reval(['verify', ...at(place.directory)])
    assert.deepEqual([empty.code, /error NOTHING_LIVE/.test(empty.err)], [2, true], empty.err)
    const wrong = await reval(['verify', '--rows', ...at(await folder(t))])
    assert.deepEqual([wrong.code, /error USAGE/.test(wrong.err)], [2, true])
  })

  test('with services running, verifies in them', async (t) => {
    const { place, where, damage } = await live(t)
    await damage()
    const worker = await place.start()
    const found = await reval(['verify', '--json', ...where])
    assert.deepEqual([found.code, JSON.parse(found.out)], [1, FOUND], found.err)
    const repaired = await reval(['verify', '--repair', '--rows', ...where])
    assert.equal(repaired.code, 0, repaired.err)
    assert.match(
      repaired.out,
      /\n {2}different {2}tcs-2152 {2}doctorFirstName {2}repaired\nRepaired: nothing differs any more\.\n$/,
    )
    assert.equal((await runToEnd(worker)).state, 'live')
  })
})
