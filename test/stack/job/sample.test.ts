import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { ResyncResult } from '../../../src/ports/run-ledger.ts'
import { SAMPLE } from '../../app/job/workplace.ts'
import { changeExports } from '../../cli/changed-exports.ts'
import { Installation, SERVICES } from './installation.ts'

interface Differences {
  readonly missing: readonly string[]
  readonly surplus: readonly string[]
  readonly different: readonly { readonly id: string }[]
}

test('a check of random keys finds the rows that live lacks, has too many or has otherwise, and no others', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'reval-sample-'))
  t.after(() => rm(folder, { recursive: true }))
  const changed = join(folder, 'changed')
  await changeExports(SAMPLE, changed)
  const place = await Installation.make(t, { REVAL_VERIFY_SETTLE_SECONDS: '1' })
  await place.loadSample()
  await place.startTogether(SERVICES)
  await place.sync()
  const all = ['verify', '--sample', '100000', '--json'] as const
  assert.deepEqual(JSON.parse(await place.reval(...all)), { missing: [], surplus: [], different: [], tables: [] })

  await place.reval('load', changed, '--force')
  const checking = place.run(all)
  assert.equal((await checking.end()).code, 1, checking.complaints)
  const { missing, surplus, different } = JSON.parse(checking.output) as Differences
  for (const found of [missing, surplus, different]) assert.ok(found.length > 0)
  const ids = [...missing, ...surplus, ...different.map(({ id }) => id)]
  const { changed: written } = JSON.parse(await place.reval('resync', ...ids, '--json')) as ResyncResult
  assert.deepEqual(written.map(({ id }) => id).sort(), ids.sort())
  assert.deepEqual(JSON.parse(await place.reval(...all)), { missing: [], surplus: [], different: [], tables: [] })
})
