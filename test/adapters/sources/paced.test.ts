import assert from 'node:assert/strict'
import { test } from 'node:test'
import { paced, pageSize } from '../../../src/adapters/sources/pages.ts'
import { inBatches, readAhead } from '../../../src/adapters/sources/pages.ts'
import { ManualClock } from '../../clock/manual-clock.ts'

async function* pagesOf(count: number, rows: number): AsyncGenerator<readonly number[]> {
  for (let page = 0; page < count; page += 1) yield Array.from({ length: rows }, (_, row) => page * rows + row)
}

const never = new AbortController().signal

/** When each page arrived, in seconds, while the clock is advanced. */
async function moments(
  clock: ManualClock,
  pages: AsyncIterable<readonly number[]>,
  slowAt?: number,
): Promise<number[]> {
  const start = clock.now()
  const came: number[] = []
  const ended = new AbortController()
  const reading = (async () => {
    for await (const page of pages) {
      assert.ok(page.length > 0)
      came.push((clock.now() - start) / 1000)
      if (came.length === slowAt) await clock.wait(10_000, never)
    }
  })().finally(() => ended.abort())
  while (!ended.signal.aborted) await clock.advance(100)
  await reading
  return came
}

test('pages arrive no faster than the limit', async () => {
  const clock = new ManualClock()
  const pages = paced(pagesOf(4, 100), { rowsPerSecond: 50, clock, signal: never })
  assert.deepEqual(await moments(clock, pages), [0, 2, 4, 6])
})

test('setting the wall clock changes no wait', async () => {
  for (const jump of [-3_600_000, 3_600_000]) {
    const clock = new ManualClock()
    const came: number[] = []
    const reading = (async () => {
      for await (const page of paced(pagesOf(3, 100), { rowsPerSecond: 50, clock, signal: never })) {
        assert.equal(page.length, 100)
        came.push(clock.monotonic() / 1000)
        clock.setWallClockBy(jump)
      }
    })()
    for (let second = 0; second < 10; second++) await clock.advance(1_000)
    assert.deepEqual(came, [0, 2, 4])
    await reading
  }
})

test('time lost to a slow reader is not made up', async () => {
  const clock = new ManualClock()
  const pages = paced(pagesOf(4, 100), { rowsPerSecond: 100, clock, signal: never })
  // Reading the second page takes ten seconds.
  assert.deepEqual(await moments(clock, pages, 2), [0, 1, 11, 12])
})

test('without a limit there are no waits', async () => {
  const clock = new ManualClock()
  let pages = 0
  for await (const page of paced(pagesOf(3, 1_000), { rowsPerSecond: 0, clock, signal: never })) pages += page.length
  assert.equal(pages, 3_000)
})

test('closing the rows ends a wait', async () => {
  const clock = new ManualClock()
  const closing = new AbortController()
  const pages = paced(pagesOf(2, 100), { rowsPerSecond: 1, clock, signal: closing.signal })
  await pages.next()
  const second = pages.next()
  await clock.untilPending(1)
  closing.abort()
  assert.equal((await second).done, false)
  assert.equal(clock.pending, 0)
})

test("a limit caps pages at one second's worth", () => {
  assert.deepEqual([pageSize(2_000, 0), pageSize(2_000, 300), pageSize(2_000, 9_000)], [2_000, 300, 2_000])
})

test('pages are split into batches, and read one ahead', async () => {
  let asked = 0
  const counted = async function* () {
    for await (const page of pagesOf(5, 7)) {
      asked += 1
      yield page
    }
  }
  const rows: number[] = []
  const sizes: number[] = []
  for await (const batch of inBatches(readAhead(counted()), 3)) {
    sizes.push(batch.length)
    rows.push(...batch)
    if (rows.length === 14) assert.equal(asked, 3)
  }
  assert.deepEqual(
    rows,
    Array.from({ length: 35 }, (_, row) => row),
  )
  assert.deepEqual([...new Set(sizes)].toSorted(), [1, 3])
})

test('a page that fails after its reader has left is harmless', async () => {
  let closed = false
  const failing = async function* () {
    try {
      yield [1]
      throw new Error('the second page')
    } finally {
      closed = true
    }
  }
  for await (const page of readAhead(failing())) {
    assert.deepEqual(page, [1])
    break
  }
  assert.ok(closed)
})
