import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RESULTS } from '../../src/app/json/results.ts'
import { UNJUDGED, Workplace } from '../app/job/workplace.ts'
import { at, reval } from './reval.ts'

type Name = keyof typeof RESULTS

/** Runs the command; its output must be exactly what docs/json.md says. */
async function printed(name: Name, args: readonly string[], codes: readonly number[] = [0]) {
  const { code, out, err } = await reval([...args, '--json'])
  assert.ok(codes.includes(code ?? -1), err)
  return RESULTS[name].schema.parse(JSON.parse(out))
}

describe('what commands print with --json is what docs/json.md says', { concurrency: 2 }, () => {
  test('of runs', async (t) => {
    const place = await Workplace.make(t)
    const where = at(place.directory)
    await place.makeDemo(400)
    assert.equal(await printed('reval status [run] --json', ['status', ...where]), null)
    await printed('reval sync --json, POST /api/sync', ['sync', ...where])
    // Far fewer doctors: held back, with findings.
    await place.makeDemo(100)
    const held = await printed('reval sync --json, POST /api/sync', ['sync', ...where], [3])
    await printed('reval promote --json', ['promote', String(idOf(held)), '--why', 'a test', ...where])
    await printed('reval rollback --json, POST /api/sync/rollback', ['rollback', ...where])
    await place.makeDemo(400)
    await printed('reval sync --json, POST /api/sync', ['sync', '--preview', ...where])
    const discard = ['discard', '--why', 'a test', ...where]
    await printed('reval discard --json, POST /api/sync/runs/:id/discard', discard)
    await printed('reval status [run] --json', ['status', ...where])
    await printed('reval runs --json, GET /api/sync/runs', ['runs', ...where])
  })

  test('of resyncs and failures', async (t) => {
    const place = await Workplace.make(t)
    const where = at(place.directory)
    await place.loadFew()
    await printed('reval sync --json, POST /api/sync', ['sync', ...where])
    await printed('reval resync --json, POST /api/sync/resync', ['resync', '1', '7654321', ...where])
    await printed('reval failures list --json, GET /api/sync/failures', ['failures', 'list', ...where])
    await printed('reval failures discard --json, POST /api/sync/failures/discard', [
      ...['failures', 'discard', '--all', '--why', 'a test'],
      ...where,
    ])
  })

  test('of comparisons, verifications, explanations, lists, erasures and the audit log', async (t) => {
    const place = await Workplace.make(t, UNJUDGED)
    const where = at(place.directory)
    await place.loadFew({ label: 'before' })
    const first = await printed('reval sync --json, POST /api/sync', ['sync', ...where])
    await place.loadFew({ label: 'after' })
    const differences = 'reval verify --json'
    await printed(differences, ['verify', ...where], [1])
    await printed(differences, ['verify', '--sample', '10', ...where], [1])
    await printed('reval sync --json, POST /api/sync', ['sync', ...where])
    await printed('reval compare --json', ['compare', String(idOf(first)), 'live', ...where], [1])
    await printed('reval status [run] --json', ['status', ...where])
    await printed('reval explain --json, GET /api/sync/explain/:key', ['explain', '7000006', ...where])
    for (const list of ['doctors', 'connected'])
      await printed('reval list --json, GET /api/sync/lists/:list', ['list', list, ...where])
    await printed('reval find --json, GET /api/sync/find', ['find', '7000006', ...where])
    const erase = ['erase', '7000006', '--why', 'a test', ...where]
    await printed('reval erase --json, POST /api/sync/erase', erase)
    await printed('reval erase --list --json, GET /api/sync/erasures', ['erase', '--list', ...where])
    await printed('reval audit --json, GET /api/sync/audit', ['audit', ...where])
  })
})

function idOf(run: unknown): unknown {
  return typeof run === 'object' && run !== null && 'id' in run ? run.id : null
}
