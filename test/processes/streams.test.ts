import assert from 'node:assert/strict'
import { closeSync, existsSync, openSync } from 'node:fs'
import { after, before, describe, test, type TestContext } from 'node:test'
import { Workplace } from '../app/job/workplace.ts'
import { at, reval, revalProcess, start } from '../cli/reval.ts'

/** A disk that is full, as Linux has one for tests. */
const FULL = '/dev/full'
const skip = existsSync(FULL) ? false : 'there is no /dev/full'

function fullDisk(t: TestContext): number {
  const file = openSync(FULL, 'w')
  t.after(() => closeSync(file))
  return file
}

async function liveRun(place: Workplace): Promise<string | null> {
  const { out } = await reval(['runs', '--json', ...at(place.directory)])
  return (JSON.parse(out) as { live: { run: string } | null }).live?.run ?? null
}

let few: Workplace
const cleaning: (() => Promise<void>)[] = []
before(async () => {
  few = await Workplace.make({ after: (clean) => cleaning.push(clean) })
  await few.loadFew()
  assert.equal((await reval(['sync', ...at(few.directory)])).code, 0)
})
after(async () => {
  for (const clean of cleaning) await clean()
})

const synced = (t: TestContext) => Workplace.copyOf(t, few)

describe('streams that cannot be written', { concurrency: 2 }, () => {
  test('output that cannot be written is a coded error', { skip }, async (t) => {
    const place = await synced(t)
    const stdout = fullDisk(t)
    for (const command of [['runs'], ['runs', '--json'], ['export', 'masterdoctorindex'], ['settings']]) {
      const where = command[0] === 'settings' ? [] : at(place.directory)
      const { code, err } = await revalProcess([...command, ...where], { stdout })
      assert.equal(code, 1, command.join(' '))
      assert.match(err, /OUTPUT_FAILED.*no space left/, command.join(' '))
      assert.doesNotMatch(err, /^ {4}at /m)
    }
    const help = await revalProcess(['--help'], { stdout })
    assert.equal(help.code, 1)
    assert.match(help.err, /^error OUTPUT_FAILED: /m)
  })

  test('the job continues when the disk of its log is full', { skip }, async (t) => {
    const place = await synced(t)
    const earlier = await liveRun(place)
    const { code, out } = await revalProcess(['sync', '--json', ...at(place.directory)], {
      stderr: fullDisk(t),
      env: { REVAL_LOG_LEVEL: 'debug' },
    })
    assert.equal(code, 0)
    const { id, state } = JSON.parse(out) as { id: string; state: string }
    assert.equal(state, 'live')
    assert.notEqual(id, earlier)
    assert.equal(await liveRun(place), id)
  })

  test('the services continue when the disk of their log is full', { skip }, async (t) => {
    const place = await synced(t)
    const earlier = await liveRun(place)
    for (const format of ['json', 'pretty']) {
      const service = start(['start', '--port', '0', ...at(place.directory)], {
        stderr: fullDisk(t),
        env: { REVAL_LOG_FORMAT: format, REVAL_LOG_LEVEL: 'debug' },
      })
      t.after(() => service.child.kill('SIGKILL'))
      const [, address = ''] = await service.says(/(http:\S+)/)
      const asked = await fetch(`${address}/api/sync`, { method: 'POST' })
      assert.equal(asked.status, 202)
      const { id } = (await asked.json()) as { id: string }
      assert.equal(await ended(`${address}/api/sync/runs/${id}`), 'live', format)
      service.child.kill('SIGTERM')
      assert.equal((await service.ended).code, 0)
      assert.notEqual(await liveRun(place), earlier)
    }
  })

  test('the job continues when its progress output is closed', async (t) => {
    const place = await synced(t)
    const earlier = await liveRun(place)
    const job = start(['sync', ...at(place.directory)], { env: { REVAL_LOG_LEVEL: 'debug' } })
    await job.says(/run/)
    job.child.stderr?.destroy()
    assert.equal((await job.ended).code, 0)
    assert.notEqual(await liveRun(place), earlier)
  })
})

/** The state in which a run ended, by polling: a service without a log reports nothing. */
async function ended(url: string): Promise<string> {
  for (;;) {
    const { state, finishedAt } = (await (await fetch(url)).json()) as { state: string; finishedAt: string | null }
    if (finishedAt !== null) return state
  }
}
