import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sampleOrder } from '../../../src/app/sample-order.ts'
import { KeySample } from '../../../src/sync/verify/key-sample.ts'

const IDS = Array.from({ length: 1_000 }, (_, at) => `tcs-${at}`)

function drawn(size: number, seed: number, ids = IDS): KeySample {
  const sample = new KeySample(size, sampleOrder(seed))
  for (const id of ids) sample.add(id)
  return sample
}

describe('a sample of ids', () => {
  test('has as many as it may, or all, each once', () => {
    for (const size of [1, 7, 500, 999]) {
      const { ids, seen } = drawn(size, 1)
      assert.deepEqual([new Set(ids).size, ids.length, seen], [size, size, 1_000])
    }
    for (const size of [1_000, 5_000]) assert.deepEqual(drawn(size, 1).ids.toSorted(), IDS.toSorted())
    assert.deepEqual(drawn(5, 1, []).ids, [])
  })

  test('depends on the seed, and not on the order of the ids', () => {
    const { ids } = drawn(50, 1)
    assert.deepEqual(drawn(50, 1, IDS.toReversed()).ids, ids)
    assert.notDeepEqual(drawn(50, 2).ids, ids)
  })

  test('has each id equally often', () => {
    const times = new Map<string, number>()
    for (let seed = 0; seed < 400; seed += 1) {
      for (const id of drawn(10, seed, IDS.slice(0, 20)).ids) times.set(id, (times.get(id) ?? 0) + 1)
    }
    // 200 is expected, with a standard deviation of 10. The seeds are fixed.
    for (const id of IDS.slice(0, 20)) assert.ok(Math.abs((times.get(id) ?? 0) - 200) < 40, `${id}: ${times.get(id)}`)
  })

  test('can be asked for before its end', () => {
    const sample = new KeySample(10, sampleOrder(1))
    for (const id of IDS) {
      sample.add(id)
      assert.ok(sample.ids.length <= 10)
    }
    assert.deepEqual(sample.ids, drawn(10, 1).ids)
  })
})
