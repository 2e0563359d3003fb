import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { ErasureResult } from '../../src/ports/erasure.ts'
import { Workplace } from '../app/job/workplace.ts'
import { runAnew } from '../crash/crashing.ts'
import { at, reval, start } from './reval.ts'

async function done(args: readonly string[]): Promise<string> {
  const ended = await reval(args)
  assert.equal(ended.code, 0, `${args.join(' ')}: ${ended.err}`)
  return ended.out
}

/** Whether a text is anywhere in the files of the generations, or in the ledger. */
async function isStored(directory: string, text: string): Promise<boolean> {
  const names = await readdir(join(directory, 'generations'))
  const files = [...names.map((name) => join('generations', name)), 'ledger.sqlite']
  const contents = await Promise.all(files.map((name) => readFile(join(directory, name), 'latin1')))
  return contents.some((content) => content.includes(text))
}

describe('reval erase', { concurrency: 2 }, () => {
  test('removes a person, says what remains in the sources, and what a resync then brings back', async (t) => {
    const place = await Workplace.make(t)
    await place.loadFew()
    await runAnew(place)
    await place.loadFew({ label: 'changed' })
    await runAnew(place)
    const where = at(place.directory)
    const out = await done(['erase', '8', '--why', 'request 12', ...where])
    assert.match(out, /^removed: 1 row of live, 1 of previous, 0 of held back, 0 failed rows, 0 dead letters, keys /m)
    assert.match(
      out,
      /: TCS has 1 person; the GMC data has 1 doctor, 0 with recommendations, and 0 exception reasons$/m,
    )
    assert.match(out, /^until it is erased there, the next sync or change brings the rows back$/m)
    assert.doesNotMatch(await done(['export', 'masterdoctorindex', ...where]), /7000008/)
    assert.match(await done(['resync', '8', ...where]), /^created tcs-8$/m)

    await place.loadFew({ label: 'changed', trainees: 7, doctors: 1 })
    const gone = JSON.parse(
      await done(['erase', '7000008', '--why', 'request 12', '--json', ...where]),
    ) as ErasureResult
    assert.partialDeepStrictEqual(gone, {
      erased: { rows: { live: 1, previous: 1 } },
      remaining: { persons: 0, doctors: 0 },
    })
    assert.match(await done(['resync', '8', ...where]), /^neither source knows 8$/m)
    const listed = await done(['erase', '--list', ...where])
    assert.match(listed, /by reval erase: request 12: 1 row of live/)
    assert.doesNotMatch(listed, /7000008|tcs-8/)
  })

  test('leaves nothing of the person in the files', async (t) => {
    const place = await Workplace.make(t)
    await place.loadFew()
    await runAnew(place)
    assert.equal(await isStored(place.directory, '7000008'), true)
    await done(['erase', '7000008', '--why', 'request 12', ...at(place.directory)])
    assert.equal(await isStored(place.directory, '7000008'), false)
    assert.equal(await isStored(place.directory, '7000009'), true)
  })

  test('is refused without a reason, with a key that nothing has, and while a run is in progress', async (t) => {
    const place = await Workplace.make(t)
    await place.loadFew()
    await runAnew(place)
    const where = at(place.directory)
    const refused = async (status: number, said: RegExp, args: readonly string[]) => {
      const { code, err, out } = await reval(['erase', ...args, ...where])
      assert.deepEqual([code, out], [status, ''], `${args.join(' ').slice(0, 100)}: ${err}`)
      assert.match(err, said)
    }
    await refused(2, /error USAGE: why/, ['8'])
    await refused(2, /error USAGE: why/, ['8', '--why', ' '])
    await refused(2, /error USAGE: expected one of: a key, --list/, ['--why', 'x'])
    await refused(2, /error USAGE: expected one of: a key, --list/, ['8', '--list'])
    await refused(2, /error USAGE: .*neither a number nor an id/, ['x'.repeat(129), '--why', 'x'])
    assert.equal(await done(['erase', '--list', ...where]), 'No erasures\n')
    const { live } = await place.installation()
    assert.ok(live !== null)
  })

  test('asks the service that is running, whose log does not name the person', async (t) => {
    const place = await Workplace.make(t)
    await place.loadFew()
    await runAnew(place)
    const where = at(place.directory)
    const serving = start(['start', '--port', '0', ...where])
    t.after(() => serving.child.kill('SIGKILL'))
    await serving.says(/at (http:\/\/127\.0\.0\.1:\d+)/)
    assert.match(await done(['erase', '7000008', '--why', 'a test', ...where]), /^removed: 1 row of live/m)
    assert.match(await done(['erase', '9999999', '--why', 'a test', ...where]), /^removed: nothing: /m)
    await serving.says(/"kind":"erase".*"why":"a test".*"request answered"/)
    serving.child.kill('SIGTERM')
    const { code, err } = await serving.ended
    assert.equal(code, 0)
    assert.doesNotMatch(err, /7000008|tcs-8/)
  })
})
