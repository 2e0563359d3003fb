import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openRunLedger } from '../../src/adapters/run-ledger/sqlite/open.ts'
import { SCHEDULE } from '../../src/app/json/schedule.ts'
import { Workplace } from '../app/job/workplace.ts'
import { at, reval } from './reval.ts'

test('reval schedule shows what is due, in words, and what came of it', async (t) => {
  const place = await Workplace.make(t)
  await place.loadFew()
  const ledger = await openRunLedger(place.directory)
  const dueAt = Date.UTC(2026, 5, 1, 4)
  const outcomes = [
    { outcome: 'missed', dueAt, decidedAt: dueAt, times: 2, run: null, code: null },
    { outcome: 'skipped', dueAt, decidedAt: dueAt, times: 1, run: 'r1', code: 'RUN_IN_PROGRESS' },
  ] as const
  await ledger.save('schedule', 'sync', { expression: '0 5 * * *', decidedUntil: Date.now(), outcomes }, 'new')
  await ledger.close()
  const env = { REVAL_SCHEDULE_SYNC: '0 5 * * *' }
  const { code, out } = await reval(['schedule', ...at(place.directory)], { env })
  assert.equal(code, 0)
  assert.match(out, /^sync +Every day at 5am +5am (today|tomorrow); /m)
  assert.match(out, /^verify +off$/m)
  assert.match(out, /^reasons +Every 5 minutes +\S/m)
  assert.match(out, /^sync +1 June 2026 at 5am +missed, 2 times +-$/m)
  assert.match(out, /^sync +1 June 2026 at 5am +skipped: RUN_IN_PROGRESS +r1$/m)
  const json = await reval(['schedule', '--json', ...at(place.directory)], { env })
  const { schedule } = SCHEDULE.parse(JSON.parse(json.out))
  assert.deepEqual(
    schedule.map(({ what, expression, next }) => [what, expression, next.length]),
    [
      ['sync', '0 5 * * *', 5],
      ['verify', null, 0],
      ['reasons', '*/5 * * * *', 5],
    ],
  )
})
