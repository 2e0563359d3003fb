import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { EXIT } from '../../src/cli/exit-status.ts'
import type { RunView } from '../../src/app/run-view.ts'
import { expectedDocuments, Workplace } from '../app/job/workplace.ts'
import { runAnew } from '../crash/crashing.ts'
import { at, folder, reval, start } from '../cli/reval.ts'

/** Slow enough to interrupt on any machine: a message for each row, one after the other. */
const SLOW = { REVAL_MESSAGE_ROWS: '1', REVAL_PREFETCH: '1', REVAL_POLL_MS: '20' }

describe('commands while another process is running', { concurrency: 2 }, () => {
  test('start serves; readers and cancel work meanwhile, a second worker does not; a run survives a restart', async (t) => {
    const place = await Workplace.make(t)
    const where = at(place.directory)
    await place.makeDemo(3_000)
    assert.equal((await runAnew(place)).state, 'live')
    const live = await place.documents()
    const startSlowly = () => {
      const started = start(['start', '--port', '0', ...where], { env: SLOW })
      t.after(() => started.child.kill('SIGKILL'))
      return started
    }

    const serving = startSlowly()
    const [, address = ''] = await serving.says(/at (http:\/\/127\.0\.0\.1:\d+)/)
    const request = async () => {
      const answer = await fetch(`${address}/api/sync`, { method: 'POST' })
      const { id } = (await answer.json()) as { id: string }
      await serving.says(new RegExp(`"run":"${id}".*"stage claimed"`))
      return id
    }
    const cancelledId = await request()
    const [second, status, exported] = await Promise.all([
      reval(['sync', ...where]),
      reval(['status', '--json', ...where]),
      reval(['export', 'masterdoctorindex', ...where]),
    ])
    assert.equal(second.code, 1)
    assert.match(second.err, new RegExp(`error DATA_DIR_IN_USE: .* by process ${serving.child.pid ?? ''} `))
    assert.partialDeepStrictEqual(JSON.parse(status.out), { id: cancelledId, hasActiveWriter: true, finishedAt: null })
    assert.equal(exported.out.trimEnd().split('\n').length, live.masterdoctorindex.length)
    const cancelled = await reval(['cancel', '--json', ...where])
    assert.equal(cancelled.code, 0, cancelled.err)
    assert.partialDeepStrictEqual(JSON.parse(cancelled.out), { id: cancelledId, state: 'cancelled' })

    const id = await request()
    serving.child.kill('SIGTERM')
    assert.equal((await serving.ended).code, 0)
    const left = await reval(['status', ...where])
    assert.match(left.out, new RegExp(`^run ${id}: trainees[^]*No worker is running`))

    const next = startSlowly()
    await next.says(new RegExp(`"run":"${id}".*"run restarts"`))
    await next.says(new RegExp(`"run":"${id}".*"stage claimed"`))
    next.child.kill('SIGINT')
    assert.equal((await next.ended).code, 0)
    const run = await reval(['sync', '--json', ...where])
    const { restarts, ...ended } = JSON.parse(run.out) as RunView
    assert.partialDeepStrictEqual(ended, { id, state: 'live' })
    assert.equal(restarts.length, 2)
    assert.deepEqual(await place.documents(), live)
  })

  test('the next sync continues an interrupted one', async (t) => {
    const place = await Workplace.make(t)
    await place.loadSample()
    const first = start(['sync', ...at(place.directory)], { env: SLOW })
    const [, id = ''] = await first.says(/run (\d{8}t\S+)/)
    first.child.kill('SIGINT')
    const interrupted = await first.ended
    assert.equal(interrupted.code, EXIT.interrupted)
    assert.match(interrupted.err, new RegExp(`error INTERRUPTED: .*${id}.*\nwhat to do: `))
    const second = await reval(['sync', '--json', ...at(place.directory)])
    assert.equal(second.code, 0, second.err)
    assert.partialDeepStrictEqual(JSON.parse(second.out), { id, state: 'live' })
    assert.deepEqual(await place.documents(), expectedDocuments())
  })

  test('a port in use is an error, and the directory is released', async (t) => {
    const [one, two] = [await folder(t), await folder(t)]
    const serving = start(['start', '--port', '0', ...at(one)])
    t.after(() => serving.child.kill('SIGKILL'))
    const [, port = ''] = await serving.says(/127\.0\.0\.1:(\d+)/)
    const refused = await reval(['start', '--port', port, ...at(two)])
    assert.equal(refused.code, 1)
    assert.match(refused.err, /error HTTP_PORT_IN_USE: /)
    const free = start(['start', '--port', '0', ...at(two)])
    t.after(() => free.child.kill('SIGKILL'))
    await free.says(/127\.0\.0\.1:\d+/)
    for (const each of [serving, free]) {
      each.child.kill('SIGINT')
      assert.equal((await each.ended).code, 0)
    }
  })

  test('an export ends quietly when its output is closed', async (t) => {
    const place = await Workplace.make(t)
    await place.loadSample()
    assert.equal((await runAnew(place)).state, 'live')
    const exporting = start(['export', 'masterdoctorindex', ...at(place.directory)])
    exporting.child.stdout?.once('data', () => exporting.child.stdout?.destroy())
    const { code, err } = await exporting.ended
    assert.deepEqual([code, err], [0, ''])
  })
})
