import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { INDEX_NAMES } from '../../src/domain/lists.ts'
import type { ResyncResult } from '../../src/ports/run-ledger.ts'
import { Workplace } from '../app/job/workplace.ts'
import { runAnew } from '../crash/crashing.ts'
import { changeExports, differingKeys } from './changed-exports.ts'
import { at, folder, reval, SAMPLE, start } from './reval.ts'

async function done(args: readonly string[]): Promise<string> {
  const ended = await reval(args)
  assert.equal(ended.code, 0, `${args.join(' ').slice(0, 200)}: ${ended.err}`)
  return ended.out
}

const exportsOf = async (directory: string): Promise<readonly string[]> => {
  const texts: string[] = []
  for (const index of INDEX_NAMES) texts.push(await done(['export', index, ...at(directory)]))
  return texts
}

describe('reval resync', { concurrency: 2 }, () => {
  test('of the keys that differ after another load gives, in all five exports, what a sync gives', async (t) => {
    const place = await folder(t)
    const [changed, ours, theirs] = [join(place, 'changed'), join(place, 'ours'), join(place, 'theirs')]
    await changeExports(SAMPLE, changed)
    const keys = await differingKeys(SAMPLE, changed)
    assert.ok(keys.length > 300)

    await done(['load', SAMPLE, ...at(ours)])
    await done(['sync', ...at(ours)])
    const before = await exportsOf(ours)
    await done(['load', changed, ...at(ours)])
    const told = JSON.parse(await done(['resync', ...keys, '--json', ...at(ours)])) as ResyncResult
    assert.equal(told.keys, keys.length)
    assert.ok(new Set(told.changed.map(({ op }) => op)).size === 3 && told.written > 300)

    await done(['load', changed, ...at(theirs)])
    await done(['sync', ...at(theirs)])
    const after = await exportsOf(ours)
    assert.deepEqual(after, await exportsOf(theirs))
    for (const [index, text] of before.entries()) assert.notEqual(after[index], text)

    const again = JSON.parse(await done(['resync', ...keys, '--json', ...at(ours)])) as ResyncResult
    assert.deepEqual([again.written, again.changed], [0, []])
  })

  test('says what it did; a key that nobody knows is no error', async (t) => {
    const place = await Workplace.make(t)
    await place.loadFew()
    await runAnew(place)
    await place.loadFew({ label: 'changed', trainees: 10 })
    const where = at(place.directory)
    const out = await done(['resync', '1', '12', '7000008', '424242', 'nobody', ...where])
    assert.match(out, /^replaced tcs-1$/m)
    assert.match(out, /^deleted tcs-12$/m)
    assert.match(out, /^created gmc-7000012$/m)
    assert.match(out, /^replaced tcs-8$/m)
    assert.match(out, /^neither source knows 424242, nobody$/m)
    assert.match(out, /^5 keys refreshed: 4 rows written$/m)
    assert.equal(await done(['resync', '1', ...where]), '1 key refreshed: nothing changed\n')

    const body = JSON.parse(await done(['resync', '--body', '1-1RUZUSF', '--json', ...where])) as ResyncResult
    assert.ok(body.keys > 5 && body.written > 0)
    assert.match(
      await done(['resync', '--body', 'none', ...where]),
      /^no row of the live generation has the body none$/m,
    )
    assert.match(await done(['resync', '--failed', ...where]), /^the live generation has no failed rows$/m)
  })

  test('is refused, with a code, where it cannot be done', async (t) => {
    const place = await Workplace.make(t)
    await place.loadFew()
    const where = at(place.directory)
    const refused = async (status: number, code: string, args: readonly string[]) => {
      const { code: found, err, out } = await reval(['resync', ...args, ...where])
      assert.deepEqual([found, out], [status, ''], `${args.join(' ').slice(0, 100)}: ${err}`)
      assert.match(err, new RegExp(`error ${code}: `))
    }
    await refused(1, 'NOTHING_LIVE', ['1'])
    await runAnew(place)
    await refused(2, 'USAGE', [])
    await refused(2, 'USAGE', ['1', '--failed'])
    await refused(2, 'USAGE', ['--body', 'x', '--failed'])
    await refused(2, 'USAGE', ['--body', ' '])
    await refused(2, 'USAGE', ['x'.repeat(129)])
    await refused(
      2,
      'USAGE',
      Array.from({ length: 10_001 }, (_, key) => String(key)),
    )
    const most = Array.from({ length: 10_000 }, (_, key) => String(key + 1_000_000))
    assert.match(await done(['resync', ...most, ...where]), /^10,000 keys refreshed: nothing changed$/m)
  })

  test('asks the service that is running', async (t) => {
    const place = await Workplace.make(t)
    await place.loadFew()
    await runAnew(place)
    const where = at(place.directory)
    const serving = start(['start', '--port', '0', ...where])
    t.after(() => serving.child.kill('SIGKILL'))
    await serving.says(/at (http:\/\/127\.0\.0\.1:\d+)/)
    await place.loadFew({ label: 'changed' })
    assert.match(await done(['resync', '1', '--why', 'a test', ...where]), /^1 key refreshed: 1 row written$/m)
    await serving.says(/"kind":"resync".*"why":"a test".*"written":1.*"request answered"/)
    serving.child.kill('SIGTERM')
    assert.equal((await serving.ended).code, 0)
  })
})
