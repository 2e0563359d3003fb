import assert from 'node:assert/strict'
import { userInfo } from 'node:os'
import { test } from 'node:test'
import { AUDIT } from '../../src/app/json/audit.ts'
import { Workplace } from '../app/job/workplace.ts'
import { runAnew } from '../crash/crashing.ts'
import { at, reval } from './reval.ts'

test('commands that change something, or look a doctor up, are in the audit log with the user of the machine', async (t) => {
  const place = await Workplace.make(t)
  await place.loadFew()
  await runAnew(place)
  const where = at(place.directory)
  assert.equal((await reval(['audit', ...where])).out, 'No entries\n')
  await reval(['status', ...where])
  await reval(['explain', '7000006', ...where])
  await reval(['rollback', '--why', 'a test', ...where])
  await reval(['resync', '6', '--why', 'they called', ...where])
  await reval(['erase', '8', '--why', 'they asked', ...where])
  const { entries, next } = AUDIT.parse(JSON.parse((await reval(['audit', '--json', ...where])).out))
  assert.equal(next, null)
  assert.deepEqual(
    entries.map(({ what, subject, why, result }) => [what, subject, why, result?.outcome, result?.code]),
    [
      ['reval erase', null, 'they asked', 'done', null],
      ['reval resync', '{"keys":["6"]}', 'they called', 'done', null],
      ['reval rollback', null, 'a test', 'refused', 'NOTHING_TO_ROLL_BACK'],
      ['reval explain', '{"key":"7000006"}', '', 'done', null],
    ],
  )
  for (const { who, roles, from } of entries) {
    assert.deepEqual([who, roles], [userInfo().username, []])
    assert.match(from, /^command line on ./)
  }
  const { out } = await reval(['audit', '--limit', '1', ...where])
  assert.match(out, /reval erase .* done +they asked$/m)
  assert.match(out, /^More: reval audit --before \S+$/m)
})
