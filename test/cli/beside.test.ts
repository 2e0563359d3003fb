import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { folder, reval, SAMPLE, start } from './reval.ts'

describe('commands beside a process that works', { concurrency: 2 }, () => {
  test('start serves until SIGTERM; readers, cancel and rollback work beside it, a second worker does not', async (t) => {
    const data = join(await folder(t), 'data')
    const where = ['--data-dir', data]
    await reval(['demo-data', '--doctors', '300', ...where])
    assert.equal((await reval(['sync', ...where])).code, 0)
    const serving = start(['start', '--port', '0', ...where], { env: { REVAL_MESSAGE_ROWS: '1' } })
    t.after(() => serving.child.kill('SIGKILL'))
    const [, address = ''] = await serving.says(/at (http:\/\/127\.0\.0\.1:\d+)/)

    const second = await reval(['sync', ...where])
    assert.equal(second.code, 1)
    assert.match(second.err, /DATA_DIR_IN_USE/)
    assert.match(second.err, new RegExp(`process \\d+`))

    assert.equal((await reval(['load', SAMPLE, ...where])).code, 0)
    const asked = (await (await fetch(`${address}/api/sync`, { method: 'POST' })).json()) as { id: string }
    const [status, live] = await Promise.all([
      reval(['status', '--json', ...where]),
      reval(['export', 'connectedindex', ...where]),
    ])
    assert.equal((JSON.parse(status.out) as { id: string }).id, asked.id)
    assert.ok(live.out.split('\n').length > 200)
    const cancelled = await reval(['cancel', '--json', ...where])
    // One row a message is slow enough to be cancelled; where it was quicker, it is live and that is told.
    if (cancelled.code === 0) assert.equal((JSON.parse(cancelled.out) as { state: string }).state, 'cancelled')
    else assert.match(cancelled.err, /RUN_OVER|RUN_UNKNOWN|RUN_PROMOTING/)

    serving.child.kill('SIGTERM')
    const { code } = await serving.ended
    assert.equal(code, 0)
    assert.equal((await reval(['runs', ...where])).code, 0)
  })

  test('a sync that is interrupted is carried on by the next', async (t) => {
    const where = ['--data-dir', join(await folder(t), 'data')]
    await reval(['load', SAMPLE, ...where])
    const first = start(['sync', ...where], { env: { REVAL_MESSAGE_ROWS: '1' } })
    const [, id = ''] = await first.says(/run (\d{8}t\S+)/)
    first.child.kill('SIGINT')
    const interrupted = await first.ended
    assert.notEqual(interrupted.code, 0)
    assert.match(interrupted.err, /INTERRUPTED/)
    const second = await reval(['sync', '--json', ...where])
    assert.equal(second.code, 0, second.err)
    assert.partialDeepStrictEqual(JSON.parse(second.out), { id, state: 'live' })
  })

  test('a port that is in use is told, and the directory is free again', async (t) => {
    const place = await folder(t)
    const one = start(['start', '--port', '0', '--data-dir', join(place, 'one')])
    t.after(() => one.child.kill('SIGKILL'))
    const [, port = ''] = await one.says(/127\.0\.0\.1:(\d+)/)
    const two = await reval(['start', '--port', port, '--data-dir', join(place, 'two')])
    assert.equal(two.code, 1)
    assert.match(two.err, /HTTP_PORT_IN_USE/)
    one.child.kill('SIGINT')
    assert.equal((await one.ended).code, 0)
  })

  test('a reader of the output that goes away ends an export quietly', async (t) => {
    const where = ['--data-dir', join(await folder(t), 'data')]
    await reval(['demo-data', '--doctors', '2000', ...where])
    assert.equal((await reval(['sync', ...where])).code, 0)
    const exporting = start(['export', 'masterdoctorindex', ...where])
    exporting.child.stdout?.once('data', () => exporting.child.stdout?.destroy())
    const { code, err } = await exporting.ended
    assert.equal(err, '')
    assert.equal(code, 0)
  })
})
