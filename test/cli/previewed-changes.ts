import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { loadExports } from '../../src/app/loading/load-exports.ts'
import { DAY, runToEnd, UNJUDGED, Workplace, type Owner } from '../app/job/workplace.ts'
import { changeExports } from './changed-exports.ts'
import { SAMPLE } from './reval.ts'

/** A place where the sample is live, and a preview of its changed exports is held back. */
export async function previewedChanges(owner: Owner): Promise<Workplace> {
  const place = await Workplace.make(owner, UNJUDGED)
  await place.loadSample()
  const worker = await place.start()
  assert.equal((await runToEnd(worker)).state, 'live')
  const changed = join(place.directory, 'changed')
  await changeExports(SAMPLE, changed)
  await place.fill((sources) => loadExports(changed, sources))
  assert.equal((await runToEnd(worker, DAY, { purpose: 'preview' })).state, 'held back')
  await worker.stop()
  await rm(changed, { recursive: true })
  return place
}
