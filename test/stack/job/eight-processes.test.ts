import assert from 'node:assert/strict'
import { test } from 'node:test'
import { STAGE_MOMENTS } from '../takeover/moments.ts'
import { assertNextLeavesNothing, assertWhole, runThroughKill } from '../takeover/writers.ts'
import { Installation } from './installation.ts'

test('two processes of each service, the writer killed once in each stage: every run is exact', async (t) => {
  const place = await Installation.make(t, { REVAL_WRITER_LEASE_SECONDS: '5', REVAL_MESSAGE_ROWS: '200' })
  await place.loadSample()
  let writer = await place.start('integration')
  for (const service of ['tcs', 'recommendation', 'connection'] as const) {
    await Promise.all([place.start(service), place.start(service)])
  }
  for (const each of STAGE_MOMENTS) {
    await t.test(`${each.stage}, ${each.where} (${each.moment})`, async () => {
      const killed = await runThroughKill(place, each, writer)
      writer = killed.writer
      assert.equal(killed.run.state, 'live')
      await assertWhole(place)
    })
  }
  await assertNextLeavesNothing(place, writer)
})
