import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Few } from './few-sources.ts'
import { ask, DAY, runToEnd, Workplace, type Owner } from './workplace.ts'

/** Likeness finds nothing: a quarter more rows may go live, and shares of at least one row are judged. */
const SETTINGS = { REVAL_PREVIEW_SHARE: '0.1', REVAL_CHECK_FEWEST_ROWS: '1', REVAL_CHECK_GROW: '1' }
/** Of 25 rows, three more. */
const MORE: Few = { doctors: 23 }

async function live(t: Owner, settings: Readonly<Record<string, string>> = SETTINGS) {
  const place = await Workplace.make(t, settings)
  await place.loadFew()
  const worker = await place.start()
  const run = await runToEnd(worker)
  assert.equal(run.state, 'live')
  assert.equal(run.comparison, null)
  return { place, worker, before: await place.documents() }
}

describe('a run that would move more than the share', { concurrency: 2 }, () => {
  test('is held back to be looked at, names the figures, and can be promoted', async (t) => {
    const { place, worker, before } = await live(t)
    await place.loadFew(MORE)
    const run = await runToEnd(worker)
    assert.deepEqual([run.state, run.failure?.code, run.failure?.stage], ['held back', 'PREVIEW_SHARE', 'comparing'])
    const { all } = run.comparison?.summary.lists.masterdoctorindex ?? {}
    assert.deepEqual(all, { enter: 3, leave: 0, change: 0 })
    assert.match(
      run.failure?.reason ?? '',
      /^more than 10 % would move: \w.*: \d+ would enter and \d+ would leave, of \d+ in live/,
    )
    assert.deepEqual(await place.documents(), before)
    await ask(worker, 'promote', run.id)
    assert.equal((await place.documents()).masterdoctorindex.length, 28)
  })

  test('goes live if it was expected to, and keeps the evidence', async (t) => {
    const { place, worker } = await live(t)
    await place.loadFew(MORE)
    const run = await runToEnd(worker, DAY, { expect: 'three new doctors' })
    assert.equal(run.state, 'live', run.failure?.reason)
    assert.equal(run.evidence?.accepted?.code, 'PREVIEW_SHARE')
    assert.equal(run.comparison?.summary.missing, 3)
  })

  test('gives way to a later one that is held back too: it is not a preview that was requested', async (t) => {
    const { place, worker } = await live(t)
    await place.loadFew(MORE)
    const first = await runToEnd(worker)
    const second = await runToEnd(worker)
    assert.deepEqual([first.failure?.code, second.failure?.code], ['PREVIEW_SHARE', 'PREVIEW_SHARE'])
    assert.equal((await place.installation()).heldBack?.run, second.id)
  })
})

test('a run that moves no more than the share goes live, and was compared', async (t) => {
  const { place, worker } = await live(t, { ...SETTINGS, REVAL_PREVIEW_SHARE: '1' })
  await place.loadFew({ ...MORE, label: 'renamed' })
  const run = await runToEnd(worker)
  assert.equal(run.state, 'live', run.failure?.reason)
  assert.equal(run.comparison?.summary.missing, 3)
})

test('few rows are not judged, as for likeness', async (t) => {
  const { place, worker } = await live(t, { ...SETTINGS, REVAL_CHECK_FEWEST_ROWS: '20' })
  await place.loadFew(MORE)
  assert.equal((await runToEnd(worker)).state, 'live')
})
