import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRunEvents } from '../../src/sync/events.ts'

const LATE = { stage: 'trainees', run: 'r', attempt: 'a' } as const

test('a listener that throws is reported, and the others are called', () => {
  const events = createRunEvents()
  const troubles: string[] = []
  let called = 0
  events.on('warning', ({ doing, error }) => troubles.push(`${doing}: ${error.message}`))
  events.on('message.late', () => {
    throw new Error('a full disk')
  })
  events.on('message.late', () => (called += 1))
  events.emit('message.late', LATE)
  assert.equal(called, 1)
  assert.deepEqual(troubles, ['notifying a listener of message.late: a full disk'])
})

test('a listener whose promise rejects is reported', async () => {
  const events = createRunEvents()
  const trouble = new Promise<string>((resolve) => events.on('warning', ({ error }) => resolve(error.message)))
  events.on('message.late', () => Promise.reject(new Error('a webhook is away')))
  events.emit('message.late', LATE)
  assert.equal(await trouble, 'a webhook is away')
})

test('a listener for warnings that throws affects nothing else, and the process emits a warning', async () => {
  const events = createRunEvents()
  const warned = new Promise<Error>((resolve) => process.once('warning', resolve))
  events.on('warning', () => {
    throw new Error('no log')
  })
  events.on('message.late', () => {
    throw new Error('a full disk')
  })
  events.emit('message.late', LATE)
  assert.match((await warned).message, /no log/)
})

test('a listener can be called once, and can be removed', () => {
  const events = createRunEvents()
  let once = 0
  let always = 0
  const listener = () => (always += 1)
  events.once('message.late', () => (once += 1))
  events.on('message.late', listener)
  events.emit('message.late', LATE)
  events.emit('message.late', LATE)
  events.off('message.late', listener)
  events.emit('message.late', LATE)
  assert.deepEqual([once, always], [1, 2])
})
