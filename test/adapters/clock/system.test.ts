import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { systemClock } from '../../../src/adapters/clock/system.ts'

const never = new AbortController().signal
const SOURCE = new URL('../../../src/adapters/clock/system.ts', import.meta.url).href

/** Runs a program in its own process; rejects if it has not ended in time. */
async function output(program: string): Promise<string> {
  const lines = `import { systemClock } from ${JSON.stringify(SOURCE)}\n${program}`
  const run = promisify(execFile)
  return (await run(process.execPath, ['--input-type=module', '--eval', lines], { timeout: 10_000 })).stdout
}

test("it returns the machine's time", () => {
  const before = Date.now()
  const now = systemClock.now()
  assert.ok(before <= now && now <= Date.now())
})

test('its monotonic time is in milliseconds, and continues when the wall clock is set', async (t) => {
  const begin = performance.now()
  const first = systemClock.monotonic()
  // A test must not set the machine's clock.
  t.mock.method(Date, 'now', () => 0)
  await systemClock.wait(20, never)
  const passed = systemClock.monotonic() - first
  assert.ok(passed >= 20 && passed <= performance.now() - begin, `${passed} ms`)
  assert.equal(systemClock.now(), 0)
})

test('a wait is never too short', async () => {
  const begin = performance.now()
  await systemClock.wait(20, never)
  assert.ok(performance.now() - begin >= 20)
})

test('a wait of zero or less ends at once', async () => {
  await systemClock.wait(0, never)
  await systemClock.wait(-1, never)
})

test('an aborted wait ends at once and leaves no listener', { timeout: 5_000 }, async () => {
  const stop = new AbortController()
  const waiting = systemClock.wait(3_600_000, stop.signal)
  stop.abort(new Error('stopped'))
  await waiting
  await systemClock.wait(3_600_000, stop.signal)
  assert.deepEqual(getEventListeners(stop.signal, 'abort'), [])
})

test('a wait longer than the maximum timer does not end at once', { timeout: 5_000 }, async () => {
  const stop = new AbortController()
  let ended = false
  const month = systemClock.wait(31 * 86_400_000, stop.signal).then(() => (ended = true))
  await systemClock.wait(20, never)
  assert.equal(ended, false)
  stop.abort()
  await month
})

test('a wait keeps the process alive until aborted', async () => {
  const kept = `await systemClock.wait(50, new AbortController().signal); process.stdout.write('waited')`
  assert.equal(await output(kept), 'waited')
  const aborted = `
    const stop = new AbortController()
    void systemClock.wait(3_600_000, stop.signal).then(() => process.stdout.write('ended'))
    stop.abort()`
  assert.equal(await output(aborted), 'ended')
})
