import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { INDEX_NAMES } from '../../src/domain/lists.ts'
import { folder, reval, SAMPLE } from './reval.ts'

const parsed = (text: string): unknown[] =>
  text
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
const bySource = (documents: readonly unknown[]) => new Set(documents.map((each) => JSON.stringify(each)))

describe('the job by hand', { concurrency: 2 }, () => {
  test('load, sync and export give the expected documents; sync again and rollback undo', async (t) => {
    const where = ['--data-dir', join(await folder(t), 'data')]
    const loaded = await reval(['load', SAMPLE, '--json', ...where])
    assert.equal(loaded.code, 0, loaded.err)
    assert.partialDeepStrictEqual(JSON.parse(loaded.out), { loaded: { ContactDetails: 1200, doctorsForDB: 1203 } })
    const synced = await reval(['sync', '--json', ...where])
    assert.equal(synced.code, 0, synced.err)
    const run = JSON.parse(synced.out) as { id: string; state: string }
    assert.equal(run.state, 'live')

    for (const index of INDEX_NAMES) {
      const { code, out } = await reval(['export', index, '--day', '2026-06-01', ...where])
      assert.equal(code, 0)
      const documents = parsed(out) as Record<string, unknown>[]
      const expected = parsed(readFileSync(join(SAMPLE, 'expected', `${index}.ndjson`), 'utf8'))
      assert.deepEqual(bySource(documents), bySource(expected), index)
      assert.equal(documents.length, expected.length)
      for (const document of documents) assert.ok(!Object.values(document).includes(null))
    }
    const twice = await Promise.all([1, 2].map(() => reval(['export', 'masterdoctorindex', ...where])))
    assert.equal(twice[0]?.out, twice[1]?.out)

    assert.equal((await reval(['rollback', ...where])).code, 1)
    assert.equal((await reval(['demo-data', '--doctors', '2000', '--seed', '4', ...where])).code, 0)
    const second = await reval(['sync', '--json', ...where])
    assert.equal(second.code, 0, second.err)
    const back = await reval(['rollback', '--why', 'a test', '--json', ...where])
    assert.equal(back.code, 0, back.err)
    assert.partialDeepStrictEqual(JSON.parse(back.out), { live: { run: run.id } })
    const previous = await reval(['export', 'masterdoctorindex', '--generation', 'previous', ...where])
    assert.ok(parsed(previous.out).length > 2000)

    const runs = await reval(['runs', '--json', ...where])
    assert.partialDeepStrictEqual(JSON.parse(runs.out), { live: { run: run.id } })
    const status = await reval(['status', run.id, ...where])
    assert.match(status.out, new RegExp(`run ${run.id}: live`))
  })

  test('sync exits 0 only when what it built is live', async (t) => {
    const where = ['--data-dir', join(await folder(t), 'data')]
    const empty = await reval(['sync', ...where])
    assert.notEqual(empty.code, 0)
    assert.match(empty.err, /SOURCE_MISSING/)
    assert.match(empty.err, /what to do: .*reval load/)
    await reval(['demo-data', '--doctors', '400', ...where])
    assert.equal((await reval(['sync', ...where])).code, 0)
    await reval(['demo-data', '--doctors', '100', ...where])
    const shrunk = await reval(['sync', ...where])
    assert.equal(shrunk.code, 1)
    assert.match(shrunk.err, /CHECK_SHRUNK/)
    const id = /run (\S+): failed/.exec(shrunk.out)?.[1] ?? ''
    const promoted = await reval(['promote', id, '--why', 'they left', ...where])
    assert.equal(promoted.code, 0, promoted.err)
  })

  test('demo-data is the same for a seed', async (t) => {
    const documents: string[] = []
    for (const seed of ['7', '7']) {
      const where = ['--data-dir', join(await folder(t), 'data')]
      await reval(['demo-data', '--doctors', '50', '--seed', seed, ...where])
      assert.equal((await reval(['sync', ...where])).code, 0)
      documents.push((await reval(['export', 'masterdoctorindex', ...where])).out)
    }
    assert.equal(documents[0], documents[1])
    assert.notEqual(documents[0], '')
  })
})
