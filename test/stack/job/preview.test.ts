import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { RunView } from '../../../src/app/run-view.ts'
import type { ResyncResult } from '../../../src/ports/run-ledger.ts'
import { readInstallation, readRun } from '../../../src/sync/records.ts'
import { readDocuments, SAMPLE, UNJUDGED } from '../../app/job/workplace.ts'
import { changeExports, differingKeys } from '../../cli/changed-exports.ts'
import { Installation, SERVICES } from './installation.ts'

const preview = async (place: Installation) => JSON.parse(await place.reval('sync', '--preview', '--json')) as RunView

test('on the real servers a preview stays fresh while live moves, and is promoted or discarded', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'reval-preview-'))
  t.after(() => rm(folder, { recursive: true }))
  const changed = join(folder, 'changed')
  await changeExports(SAMPLE, changed)
  const place = await Installation.make(t, UNJUDGED)
  await place.loadSample()
  await place.startTogether(SERVICES)
  const first = await place.sync()
  const before = await place.documents()

  const held = await preview(place)
  assert.deepEqual([held.state, held.failure?.code, held.comparison?.with.run], ['held back', 'PREVIEW', first.id])
  const { missing, surplus, different } = held.comparison?.summary ?? {}
  assert.deepEqual([missing, surplus, different], [0, 0, 0])
  assert.deepEqual(await place.documents(), before)

  await place.reval('load', changed, '--force')
  const keys = await differingKeys(SAMPLE, changed)
  const told = JSON.parse(await place.reval('resync', ...keys, '--json')) as ResyncResult
  assert.ok(told.written > 300)
  const fresh = await place.documents()
  assert.notDeepEqual(fresh, before)
  const heldDocuments = await place.reading((backends) => readDocuments(backends, held.generation ?? '', held.day))
  assert.deepEqual(heldDocuments, fresh)

  await place.sync()
  assert.equal((await place.reading(({ ledger }) => readInstallation(ledger))).heldBack?.run, held.id)
  await place.reval('promote', '--why', 'a test')
  assert.equal((await place.reading(({ ledger }) => readInstallation(ledger))).live?.run, held.id)
  assert.deepEqual(await place.documents(), fresh)

  const other = await preview(place)
  await place.reval('discard', '--why', 'a test')
  await place.reading(async ({ ledger, store }) => {
    const { state, decision } = await readRun(ledger, other.id)
    assert.deepEqual([state, decision?.action, decision?.why], ['discarded', 'discarded', 'a test'])
    const generations = await store.generations()
    assert.ok(!generations.some(({ id }) => id === other.generation))
  })
})
