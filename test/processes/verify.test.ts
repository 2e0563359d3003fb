import assert from 'node:assert/strict'
import { after, before, describe, test, type TestContext } from 'node:test'
import { at, reval, start } from '../cli/reval.ts'
import { expectedDocuments, Workplace } from '../app/job/workplace.ts'
import { runAnew } from '../crash/crashing.ts'

/** Slow enough to kill on any machine: a message for each row, one after the other. */
const SLOW = { REVAL_MESSAGE_ROWS: '1', REVAL_PREFETCH: '1', REVAL_POLL_MS: '20' }

let sample: Workplace
const cleaning: (() => Promise<void>)[] = []
before(async () => {
  sample = await Workplace.make({ after: (clean) => cleaning.push(clean) })
  await sample.loadSample()
  await runAnew(sample)
})
after(async () => {
  for (const clean of cleaning) await clean()
})

/** The sample is live. */
async function live(t: TestContext) {
  const place = await Workplace.copyOf(t, sample)
  return { place, where: at(place.directory) }
}

describe('reval verify', { concurrency: 2 }, () => {
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

  test('exits with 2 if a sync was left', async (t) => {
    const { where } = await live(t)
    const sync = start(['sync', ...where], { env: SLOW })
    await sync.says(/run \d{8}t\S+/)
    sync.child.kill('SIGKILL')
    await sync.ended
    const left = await reval(['verify', ...where])
    assert.deepEqual([left.code, /error RUN_IN_PROGRESS: .*reval sync/.test(left.err)], [2, true], left.err)
    assert.equal((await reval(['sync', ...where])).code, 0)
  })
})
