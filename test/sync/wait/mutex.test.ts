import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { Mutex } from '../../../src/sync/wait/mutex.ts'

/** Work that lasts as long as the test wants, and what has started and ended so far. */
function actions() {
  const log: string[] = []
  const begin = (name: string) => {
    const ending = Promise.withResolvers<string>()
    const action = async () => {
      log.push(`${name} begins`)
      try {
        return await ending.promise
      } finally {
        log.push(`${name} ends`)
      }
    }
    return { action, ...ending }
  }
  return { log, begin }
}

test('one at a time, in the order of the calls', async () => {
  const turns = new Mutex()
  const { log, begin } = actions()
  const [first, second, third] = [begin('1'), begin('2'), begin('3')]
  const taken = [first, second, third].map(({ action }) => turns.run(action))
  third.resolve('c')
  second.resolve('b')
  await turn()
  assert.deepEqual(log, ['1 begins'])
  first.resolve('a')
  assert.deepEqual(await Promise.all(taken), ['a', 'b', 'c'])
  assert.deepEqual(log, ['1 begins', '1 ends', '2 begins', '2 ends', '3 begins', '3 ends'])
})

test('an error rejects only its caller, and the next call proceeds', async () => {
  const turns = new Mutex()
  const failing = turns.run(() => Promise.reject(new Error('a fault')))
  const next = turns.run(() => Promise.resolve('next'))
  await assert.rejects(failing, { message: 'a fault' })
  assert.equal(await next, 'next')
})
