import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import type { Workplace } from '../app/job/workplace.ts'
import { previewedChanges } from '../cli/previewed-changes.ts'
import { at, reval, REVAL, start } from '../cli/reval.ts'

const compared = (place: Workplace) => reval(['compare', 'live', 'held-back', '--json', ...at(place.directory)])

/** The files of a directory and below, but those that SQLite keeps beside one that is open, and reuses. */
async function filesOf(directory: string): Promise<string[]> {
  const files = await readdir(directory, { recursive: true })
  return files.filter((file) => !/-(?:wal|shm)$/.test(file)).sort()
}

/** Starts a comparison whose output is no longer read once it has begun. */
async function begun(place: Workplace, ...args: readonly string[]) {
  const child = spawn(REVAL, ['compare', 'live', 'held-back', ...args, ...at(place.directory)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const errors: Buffer[] = []
  child.stderr.on('data', (some: Buffer) => errors.push(some))
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  await once(child.stdout, 'readable')
  return { child, ended, errors: () => Buffer.concat(errors).toString() }
}

describe('reval compare', () => {
  let place: Workplace
  const cleaning: (() => Promise<void>)[] = []
  after(() => Promise.all(cleaning.map((clean) => clean())))

  before(async () => {
    place = await previewedChanges({ after: (clean) => cleaning.push(clean) })
  })

  test('reads beside a service that is running', async () => {
    const alone = await compared(place)
    assert.equal(alone.code, 1)
    const serving = start(['start', '--port', '0', ...at(place.directory)])
    try {
      await serving.says(/at http:\/\/127\.0\.0\.1:\d+/)
      assert.deepEqual(await compared(place), alone)
    } finally {
      serving.child.kill('SIGTERM')
      await serving.ended
    }
  })

  test('killed, interrupted or without a reader, it leaves nothing behind', async () => {
    const files = await filesOf(place.directory)
    const killed = await begun(place, '--csv')
    killed.child.kill('SIGKILL')
    assert.deepEqual(await killed.ended, [null, 'SIGKILL'])
    assert.deepEqual(await filesOf(place.directory), files)

    const interrupted = await begun(place, '--csv')
    interrupted.child.kill('SIGINT')
    interrupted.child.stdout.resume()
    assert.deepEqual(await interrupted.ended, [2, null])
    assert.match(interrupted.errors(), /error INTERRUPTED: /)

    const unread = await begun(place, '--csv')
    unread.child.stdout.destroy()
    assert.deepEqual([await unread.ended, unread.errors()], [[1, null], ''])
    assert.deepEqual(await filesOf(place.directory), files)
    assert.equal((await compared(place)).code, 1)
  })
})
