import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { loadExports } from '../../../src/app/loading/load-exports.ts'
import { RESULTS } from '../../../src/app/json/results.ts'
import { londonDay } from '../../../src/domain/day.ts'
import { runToEnd, SAMPLE, UNJUDGED, Workplace } from '../../app/job/workplace.ts'
import { changeExports } from '../../cli/changed-exports.ts'
import { at, reval } from '../../cli/reval.ts'
import { Installation } from './installation.ts'

const TOLD = RESULTS['reval compare --json'].schema
const FIGURES = RESULTS['GET /api/sync/compare?summary=true'].schema

describe('on the real servers', () => {
  test('comparing a preview with live finds what it finds on embedded backends', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'reval-compare-'))
    t.after(() => rm(folder, { recursive: true }))
    const changed = join(folder, 'changed')
    await changeExports(SAMPLE, changed)
    const today = londonDay(Date.now())

    const embedded = await Workplace.make(t, { ...UNJUDGED, REVAL_BACKENDS: 'embedded' })
    await embedded.loadSample()
    const worker = await embedded.start()
    assert.equal((await runToEnd(worker, today)).state, 'live')
    await embedded.fill((sources) => loadExports(changed, sources))
    assert.equal((await runToEnd(worker, today, { purpose: 'preview' })).state, 'held back')
    const expected = await reval(['compare', 'held-back', '--json', ...at(embedded.directory)])
    assert.equal(expected.code, 1, expected.err)

    const place = await Installation.make(t, UNJUDGED)
    await place.loadSample()
    const services = await place.startAll()
    await place.sync()
    await place.reval('load', changed, '--force')
    await place.reval('sync', '--preview')
    const compare = place.run(['compare', 'held-back', '--json'])
    assert.equal((await compare.end()).code, 1, compare.complaints)
    assert.deepEqual(JSON.parse(compare.output), JSON.parse(expected.out))

    const address = await services.get('integration')?.address()
    const answer = await fetch(`${address ?? ''}/api/sync/compare?after=held-back&summary=true`)
    const { summary } = FIGURES.parse(await answer.json())
    const { missing, surplus, different } = TOLD.parse(JSON.parse(compare.output))
    assert.partialDeepStrictEqual(summary, {
      missing: missing.length,
      surplus: surplus.length,
      different: different.length,
    })
  })
})
