import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadExports } from '../../../src/app/loading/load-exports.ts'
import { newPlace as newEmbedded } from '../../adapters/sources/data-directory.ts'
import { inOrder } from '../../contract/sources/joining.ts'
import { readAll, type SourcesPlace } from '../../contract/sources/place.ts'
import { newPlace } from './server-place.ts'

const SAMPLE = join(import.meta.dirname, '../../fixtures/sample')

async function readOf({ trainees, doctors, exceptions }: SourcesPlace): Promise<unknown> {
  return inOrder([await readAll(trainees), await readAll(doctors), await readAll(exceptions)])
}

test('the sample, loaded into the servers, is read as the embedded sources give it', async (t) => {
  const places = [await newPlace(), await newEmbedded()] as const
  t.after(async () => {
    for (const place of places) await place.dispose()
  })
  const [there, here] = places
  const { loaded } = await loadExports(SAMPLE, there.sources)
  assert.deepEqual((await loadExports(SAMPLE, here.sources)).loaded, loaded)
  assert.ok(loaded.ContactDetails > 0 && loaded.doctorsForDB > 0 && loaded.exceptionLogs > 0)
  assert.deepEqual(await readOf(there), await readOf(here))
})
