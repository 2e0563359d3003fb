import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Workplace } from '../app/job/workplace.ts'
import { runAnew } from '../crash/crashing.ts'
import { at, reval } from './reval.ts'

/** A workplace whose live generation lacks two rows, as its ledger says. */
async function withFailures(t: Parameters<typeof Workplace.make>[0]) {
  const place = await Workplace.make(t)
  await place.loadFew()
  await runAnew(place)
  const { live } = await place.installation()
  const where = { run: live?.run ?? '', generation: live?.generation ?? '', stage: 'trainees', at: 5 } as const
  const row = { ...where, code: 'ROW_DATE_IMPOSSIBLE', reason: 'dateFrom: "Smith" is not a valid date' } as const
  await place.reading(({ ledger }) =>
    ledger.addFailures([
      { ...row, key: 'tcs-1' },
      {
        ...row,
        key: 'message 1 of a1, row 2',
        code: 'ROW_KEY_MISSING',
        reason: 'tcsPersonId: trainee has no person id',
      },
    ]),
  )
  return { place, where: at(place.directory) }
}

describe('reval failures', { concurrency: 2 }, () => {
  test('lists, shows, replays and discards', async (t) => {
    const { where } = await withFailures(t)
    const run = async (...args: readonly string[]) => {
      const { code, out, err } = await reval(['failures', ...args, ...where])
      assert.equal(code, 0, err)
      return out
    }
    const list = await run('list')
    assert.match(
      list,
      /^trainees\/tcs-1 +live +1970\S+ +ROW_DATE_IMPOSSIBLE +tcs-1 +dateFrom: "…" is not a valid date$/m,
    )
    assert.equal((JSON.parse(await run('list', '--code', 'ROW_KEY_MISSING', '--json')) as { total: number }).total, 1)
    assert.equal(await run('list', '--stage', 'refresh'), 'No failures\n')
    assert.match(await run('show', 'trainees/tcs-1'), /^reason: dateFrom: "…"/m)
    assert.match(await run('show', 'trainees/tcs-1', '--unmasked'), /^reason: dateFrom: "Smith"/m)
    const replayed = await run('replay', '--all')
    assert.match(replayed, /^trainees\/tcs-1: done, removed$/m)
    assert.match(replayed, /^trainees\/message 1 of a1, row 2: no keys to refresh/m)
    const discarded = await run('discard', 'trainees/message 1 of a1, row 2', '--why', 'a test row')
    assert.match(discarded, /^discarded trainees\/message 1 of a1, row 2$/m)
    const left = await run('list')
    assert.match(left, /^No failures$/m)
    assert.match(left, /discarded 1 by reval failures discard: a test row\n.*replayed 1 by/)
  })

  test('refuses unknown ids, and to discard without a reason', async (t) => {
    const { where } = await withFailures(t)
    const refused = async (status: number, said: RegExp, args: readonly string[]) => {
      const { code, out, err } = await reval(['failures', ...args, ...where])
      assert.deepEqual([code, out], [status, ''], `${args.join(' ')}: ${err}`)
      assert.match(err, said)
    }
    for (const action of ['show', 'replay'])
      await refused(1, /error FAILURE_UNKNOWN: .*tcs-9/, [action, 'trainees/tcs-9'])
    await refused(1, /error FAILURE_UNKNOWN: /, ['discard', 'trainees/tcs-9', '--why', 'so'])
    await refused(2, /--why/, ['discard', 'trainees/tcs-1'])
    await refused(2, /error USAGE: why/, ['discard', '--all', '--why', ' '])
    await refused(2, /error USAGE: expected one of: ids, --code, --all/, ['replay'])
    await refused(2, /error USAGE: expected one of/, ['replay', 'trainees/tcs-1', '--all'])
    await refused(2, /Allowed choices/, ['list', '--stage', 'nowhere'])
    await refused(2, /cannot be used with option/, ['list', '--stage', 'doctors', '--channel', 'syncStart'])
  })
})
