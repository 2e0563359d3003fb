import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Lifecycle, type Component } from '../../src/app/lifecycle.ts'
import { RevalError } from '../../src/errors/reval-error.ts'

/** A lifecycle, and what its components did and reported, in order. */
function watched(deadlineMs = 10_000) {
  const told: string[] = []
  const lifecycle = new Lifecycle(deadlineMs, (name, { code, message }) => told.push(`${name}: ${code} ${message}`))
  const part = (name: string, own: Partial<Component> = {}): Component => ({
    name,
    start: async () => {
      told.push(`start ${name}`)
    },
    stop: async () => {
      told.push(`stop ${name}`)
    },
    ...own,
  })
  return { told, lifecycle, part }
}

test('components stop in the reverse order of their start', async () => {
  const { told, lifecycle, part } = watched()
  for (const name of ['a', 'b', 'c']) await lifecycle.start(part(name))
  await lifecycle.stop()
  assert.deepEqual(told, ['start a', 'start b', 'start c', 'stop c', 'stop b', 'stop a'])
})

test('a component stops once the one after it has stopped, not before', async () => {
  const { told, lifecycle, part } = watched()
  const slow = Promise.withResolvers<undefined>()
  await lifecycle.start(part('a'))
  await lifecycle.start(part('b', { stop: () => slow.promise }))
  const stopped = lifecycle.stop()
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(told, ['start a', 'start b'])
  slow.resolve(undefined)
  await stopped
  assert.equal(told.at(-1), 'stop a')
})

test('a component that cannot start stops itself and all before it, with its error', async () => {
  const { told, lifecycle, part } = watched()
  const error = new RevalError('HTTP_PORT_IN_USE', 'port 1')
  await lifecycle.start(part('a'))
  await assert.rejects(lifecycle.start(part('b', { start: () => Promise.reject(error) })), error)
  assert.deepEqual(told, ['start a', 'stop b', 'stop a'])
})

test('a component without a start is only stopped', async () => {
  const { told, lifecycle, part } = watched()
  const whole = part('a')
  await lifecycle.start({ name: 'a', stop: () => whole.stop() })
  await lifecycle.stop()
  assert.deepEqual(told, ['stop a'])
})

test('a component that cannot stop is reported, and the others still stop', async () => {
  const { told, lifecycle, part } = watched()
  await lifecycle.start(part('a'))
  await lifecycle.start(part('b', { stop: () => Promise.reject(new RevalError('STORE_FAILED', 'open files')) }))
  await lifecycle.stop()
  assert.deepEqual(told, ['start a', 'start b', 'b: STORE_FAILED open files', 'stop a'])
})

test('a component that does not stop within the deadline is reported and abandoned', async () => {
  const { told, lifecycle, part } = watched(5)
  await lifecycle.start(part('a'))
  await lifecycle.start(part('b', { stop: () => new Promise(() => undefined) }))
  await lifecycle.stop()
  assert.deepEqual(told, ['start a', 'start b', 'b: INTERNAL not stopped within 5 ms', 'stop a'])
})

test('stopping twice waits for the first stop and does nothing more', async () => {
  const { told, lifecycle, part } = watched()
  await lifecycle.start(part('a'))
  const first = lifecycle.stop()
  await lifecycle.stop()
  assert.deepEqual(told, ['start a', 'stop a'])
  await first
  await lifecycle.stop()
  assert.deepEqual(told, ['start a', 'stop a'])
})
