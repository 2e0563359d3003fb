import assert from 'node:assert/strict'
import { after, before, describe, test, type TestContext } from 'node:test'
import type { Run } from '../../src/ports/run-ledger.ts'
import { plantInFile } from '../adapters/index-store/sqlite-planting.ts'
import { expectedDocuments, runToEnd, Workplace } from '../app/job/workplace.ts'
import { runAnew } from '../crash/crashing.ts'
import { at, folder, reval, start } from './reval.ts'

/** Slow enough to kill on any machine: a message for each row, one after the other. */
const SLOW = { REVAL_MESSAGE_ROWS: '1', REVAL_PREFETCH: '1', REVAL_POLL_MS: '20' }

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

  test('exits with 2 if it is not known: nothing is live, a sync was left, or it is asked wrongly', async (t) => {
    const place = await Workplace.make(t)
    await place.loadFew()
    const empty = await reval(['verify', ...at(place.directory)])
    assert.deepEqual([empty.code, /error NOTHING_LIVE/.test(empty.err)], [2, true], empty.err)
    const wrong = await reval(['verify', '--rows', ...at(await folder(t))])
    assert.deepEqual([wrong.code, /error USAGE/.test(wrong.err)], [2, true])
    const { where } = await live(t)
    const sync = start(['sync', ...where], { env: SLOW })
    await sync.says(/run \d{8}t\S+/)
    sync.child.kill('SIGKILL')
    await sync.ended
    const left = await reval(['verify', ...where])
    assert.deepEqual([left.code, /error RUN_IN_PROGRESS: .*reval sync/.test(left.err)], [2, true], left.err)
    assert.equal((await reval(['sync', ...where])).code, 0)
  })

  for (const next of ['verify', 'sync'] as const) {
    test(`killed, leaves live as it is and does not confuse the next ${next}`, async (t) => {
      const { place, where } = await live(t)
      const killed = start(['verify', ...where], { env: SLOW })
      const [, id = ''] = await killed.says(/run (\d{8}t\S+)/)
      await killed.says(/trainees done/)
      killed.child.kill('SIGKILL')
      await killed.ended
      assert.deepEqual(await place.documents(), expectedDocuments())
      const { code, err } = await reval([next, ...where])
      assert.equal(code, 0, err)
      assert.match(err, new RegExp(`run ${id}, left by another process, ends first`))
      const { live: now, previous } = await place.installation()
      assert.deepEqual(
        (await place.generations()).toSorted(),
        [now?.generation, previous?.generation].filter((each) => each !== undefined).sort(),
      )
    })
  }

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
