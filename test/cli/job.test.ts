import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { EXIT } from '../../src/cli/exit-status.ts'
import type { IndexName } from '../../src/domain/lists.ts'
import { requestRun } from '../../src/sync/lead/run-request.ts'
import { DAY, runToEnd, UNJUDGED, Workplace } from '../app/job/workplace.ts'
import { runAnew } from '../crash/crashing.ts'
import { at, folder, reval, SAMPLE } from './reval.ts'

/** Each line, in order; throws if it is not NDJSON. */
const lines = (text: string): string[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.stringify(JSON.parse(line)))

const expected = (index: IndexName) => lines(readFileSync(join(SAMPLE, 'expected', `${index}.ndjson`), 'utf8'))

describe('the job on the command line', { concurrency: 2 }, () => {
  test('load, sync and export give the expected documents, in a stable order and without nulls', async (t) => {
    const place = await Workplace.make(t)
    const where = at(place.directory)
    const loaded = await reval(['load', SAMPLE, '--json', ...where])
    assert.equal(loaded.code, 0, loaded.err)
    assert.partialDeepStrictEqual(JSON.parse(loaded.out), { loaded: { ContactDetails: 1200, doctorsForDB: 1203 } })
    const none = await reval(['status', '--json', ...where])
    assert.deepEqual([none.code, none.out], [0, 'null\n'])
    const synced = await reval(['sync', '--json', ...where])
    assert.equal(synced.code, 0, synced.err)
    assert.partialDeepStrictEqual(JSON.parse(synced.out), { state: 'live', failure: null })

    const master = await reval(['export', 'masterdoctorindex', ...where])
    assert.equal(master.code, 0)
    assert.ok(!master.out.includes('null'))
    assert.deepEqual(lines(master.out).toSorted(), expected('masterdoctorindex').toSorted())
    const inOrder = await place.reading(({ store }) =>
      Array.fromAsync(store.documents('live', 'masterdoctorindex', DAY), (document) => JSON.stringify(document)),
    )
    assert.deepEqual(lines(master.out), inOrder)

    const exceptions = (day: string) => reval(['export', 'exceptionindex', '--day', day, ...where])
    const [then, later] = await Promise.all([exceptions(DAY), exceptions('2050-01-01')])
    assert.deepEqual(lines(then.out).toSorted(), expected('exceptionindex').toSorted())
    assert.ok(lines(later.out).length > lines(then.out).length, 'no membership has ended by 2050')
  })

  test('a preview exits with 0, says what to do with it, and is promoted or discarded by default', async (t) => {
    const place = await Workplace.make(t, UNJUDGED)
    const where = at(place.directory)
    await place.makeDemo(60)
    const none = await reval(['discard', '--why', 'a test', ...where])
    assert.equal(none.code, 1)
    assert.match(none.err, /GENERATION_UNKNOWN/)
    assert.equal((await reval(['sync', ...where])).code, 0)
    const first = await reval(['sync', '--preview', ...where])
    assert.equal(first.code, 0, first.err)
    const { live, heldBack } = await place.installation()
    const id = heldBack?.run ?? ''
    for (const next of ['compare', 'promote', 'discard']) assert.match(first.out, new RegExp(`reval ${next} ${id}`))
    const withoutReason = await reval(['promote', ...where])
    assert.equal(withoutReason.code, 2)
    const promoted = await reval(['promote', '--why', 'a test', ...where])
    assert.deepEqual([promoted.code, promoted.out], [0, `Promoted. Live run: ${id}.\n`])
    assert.equal((await place.installation()).previous?.run, live?.run)

    const second = await reval(['sync', '--preview', '--json', ...where])
    assert.partialDeepStrictEqual(JSON.parse(second.out), { state: 'held back', failure: { code: 'PREVIEW' } })
    const discarded = await reval(['discard', '--why', 'a test', ...where])
    assert.equal(discarded.code, 0, discarded.err)
    assert.match(discarded.out, /is discarded\. The live generation is unchanged\.$/m)
    assert.equal((await place.installation()).heldBack, null)
    const status = await reval(['status', ...where])
    assert.match(status.out, /^discarded by reval discard, .*: a test$/m)
  })

  test('a preview does not finish a sync that another process left; a sync finishes a preview first', async (t) => {
    const place = await Workplace.make(t, UNJUDGED)
    const where = at(place.directory)
    await place.makeDemo(60)
    const leave = (purpose: 'sync' | 'preview') =>
      place.reading((backends) => requestRun({ ...backends, newId: () => purpose }, { by: 'test', day: DAY, purpose }))
    const sync = await leave('sync')
    const refused = await reval(['sync', '--preview', '--json', ...where])
    assert.equal(refused.code, EXIT.inProgress)
    assert.partialDeepStrictEqual(JSON.parse(refused.err), {
      error: { code: 'RUN_IN_PROGRESS', details: { run: sync.id } },
    })
    assert.equal((await reval(['sync', ...where])).code, 0)
    assert.equal((await place.installation()).live?.run, sync.id)

    const preview = await leave('preview')
    assert.equal((await reval(['sync', ...where])).code, 0)
    const { live, heldBack } = await place.installation()
    assert.equal(heldBack?.run, preview.id)
    assert.ok(live !== null && live.run !== sync.id && live.run !== preview.id)
  })

  test('rollback returns to the previous run and back; runs, status and export show which is live', async (t) => {
    const place = await Workplace.make(t, UNJUDGED)
    const where = at(place.directory)
    await place.makeDemo(60)
    const worker = await place.start()
    const first = await runToEnd(worker)
    await worker.stop()
    const nothing = await reval(['rollback', '--json', ...where])
    assert.deepEqual([nothing.code, nothing.out], [1, ''])
    assert.partialDeepStrictEqual(JSON.parse(nothing.err), {
      error: {
        code: 'NOTHING_TO_ROLL_BACK',
        remedy: 'Rollback is possible once a second run has gone live.',
      },
    })
    await place.loadSample()
    const second = await runAnew(place)

    const back = await reval(['rollback', '--why', 'a test', '--json', ...where])
    assert.equal(back.code, 0, back.err)
    assert.partialDeepStrictEqual(JSON.parse(back.out), { live: { run: first.id }, previous: { run: second.id } })
    const previous = await reval(['export', 'masterdoctorindex', '--generation', 'previous', ...where])
    assert.deepEqual(lines(previous.out).toSorted(), expected('masterdoctorindex').toSorted())
    const again = await reval(['rollback', ...where])
    assert.match(again.out, new RegExp(`^Rolled back. Live run: ${second.id}`))

    const runs = await reval(['runs', '--json', ...where])
    assert.partialDeepStrictEqual(JSON.parse(runs.out), {
      current: null,
      live: { run: second.id },
      runs: [{ id: second.id }, { id: first.id, state: 'live' }],
    })
    const status = await reval(['status', first.id, ...where])
    assert.match(status.out, new RegExp(`^run ${first.id}: live, day ${DAY}`))

    const catalogue = new DatabaseSync(join(place.directory, 'index.sqlite'))
    catalogue.exec('UPDATE generation SET assembleVersion = 1')
    catalogue.close()
    const older = await reval(['rollback', '--json', ...where])
    assert.partialDeepStrictEqual(JSON.parse(older.out), { live: { run: first.id } })
    assert.match(older.err, new RegExp(`^warning: run ${first.id} was built by version 1 of the rules: until`))
  })

  test('sync exits with 0 only if its generation is live; promote makes a held-back one live', async (t) => {
    const empty = await reval(['sync', ...at(await folder(t))])
    assert.equal(empty.code, 1)
    assert.match(empty.err, /^error SOURCE_MISSING: .*\nwhat to do: .*reval load/m)

    const place = await Workplace.make(t)
    const where = at(place.directory)
    await place.makeDemo(400)
    assert.equal((await runAnew(place)).state, 'live')
    await place.makeDemo(100)
    const shrunk = await reval(['sync', '--json', ...where])
    assert.equal(shrunk.code, EXIT.heldBack)
    const { id, state } = JSON.parse(shrunk.out) as { id: string; state: string }
    assert.equal(state, 'held back')
    assert.partialDeepStrictEqual(JSON.parse(shrunk.err.trimEnd().split('\n').at(-1) ?? ''), {
      error: { code: 'CHECK_UNLIKE', details: { run: id } },
    })
    const promoted = await reval(['promote', id, '--why', 'they left', '--json', ...where])
    assert.equal(promoted.code, 0, promoted.err)
    assert.partialDeepStrictEqual(JSON.parse(promoted.out), { live: { run: id } })
    assert.ok((await place.documents()).masterdoctorindex.length < 300)
  })

  test('demo-data is the same for a seed', async (t) => {
    const made = await Promise.all(
      ['7', '7', '8'].map(async (seed) => {
        const place = await Workplace.make(t)
        await reval(['demo-data', '--doctors', '50', '--seed', seed, ...at(place.directory)])
        await runAnew(place)
        return place.documents()
      }),
    )
    assert.deepEqual(made[0], made[1])
    assert.notDeepEqual(made[0], made[2])
  })
})
