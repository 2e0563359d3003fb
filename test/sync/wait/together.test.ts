import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { aborted, together } from '../../../src/sync/wait/together.ts'

describe('things done together', () => {
  test('go on until the signal is aborted', async () => {
    const stop = new AbortController()
    const ended: string[] = []
    const lasting = (name: string) => async (signal: AbortSignal) => {
      await aborted(signal)
      ended.push(name)
    }
    const all = together(stop.signal, [lasting('a'), lasting('b')])
    stop.abort()
    await all
    assert.deepEqual(ended, ['a', 'b'])
  })

  test('stop with the first that fails, and reject with its error once all have ended', async () => {
    let hasEnded = false
    const lasting = async (signal: AbortSignal) => {
      await aborted(signal)
      hasEnded = true
      throw new Error('a consequence')
    }
    const failing = () => Promise.reject(new Error('the cause'))
    await assert.rejects(together(new AbortController().signal, [lasting, failing]), { message: 'the cause' })
    assert.equal(hasEnded, true)
  })
})
