import assert from 'node:assert/strict'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { runToEnd, Workplace } from '../app/job/workplace.ts'
import { at, reval } from './reval.ts'

test('status and runs say that the ledger was lost; adopt records what is live, and says if there was nothing to do', async (t) => {
  const place = await Workplace.make(t)
  const where = at(place.directory)
  await place.makeDemo(30)
  const worker = await place.start()
  await runToEnd(worker)
  const adopt = () => reval(['adopt', '--why', 'a test', ...where])
  const beside = await adopt()
  assert.equal(beside.code, 1)
  assert.match(beside.err, /^error WRITER_ACTIVE: .*\nwhat to do: Stop /m)
  await worker.stop()
  assert.match((await adopt()).out, /^Nothing to adopt: .* Live run: /)

  for (const file of await readdir(place.directory)) {
    if (file.startsWith('ledger.sqlite')) await rm(join(place.directory, file))
  }
  for (const command of ['status', 'runs']) {
    const { code, err } = await reval([command, ...where])
    assert.equal(code, 1, command)
    assert.match(err, /^error LEDGER_GONE: .*\nwhat to do: .*reval adopt/m)
  }
  assert.match((await adopt()).out, /^Adopted\. Live run: \S+-adopted/)
  assert.equal((await reval(['status', ...where])).code, 0)
})

test('there are no indexes of the Java services to take, or to release, in the embedded backends', async (t) => {
  const place = await Workplace.make(t)
  const where = at(place.directory)
  await place.makeDemo(30)
  const refused = async (...options: readonly string[]) =>
    (await reval(['adopt', ...options, '--why', 'a test', ...where])).err
  assert.match(await refused('--indexes'), /^error NOTHING_TO_ADOPT/m)
  assert.match(await refused('--release'), /^error NOTHING_TO_RELEASE/m)
  assert.match(await refused('--indexes', '--release'), /cannot be used with/)
})
