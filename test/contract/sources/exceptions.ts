import assert from 'node:assert/strict'
import { test } from 'node:test'
import { numbers } from './by-key.ts'
import { readAll, type SourcesFactory } from './place.ts'
import { row } from './rows.ts'

export function exceptions(factory: SourcesFactory): void {
  test('reasons are returned exactly as written, for any id', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    const written = { '1234567': ' Missing body\n', UNKNOWN: 'x', '7654321': '', ' 1111111': null }
    await place.fill({
      exceptionLogs: Object.entries(written).map(([storedId, errorMessage]) =>
        row('exceptionLogs', { storedId, errorMessage, timestamp: '2026-05-01T10:00:00.000Z' }),
      ),
    })
    const read = (await readAll(place.exceptions)).map(({ storedId, reason }) => [storedId, reason])
    assert.deepEqual(Object.fromEntries(read), written)
  })

  test('reasons can be read by number, blank ones being none', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    await place.fill({
      exceptionLogs: [
        row('exceptionLogs', { storedId: '1234567', errorMessage: ' kept as written ' }),
        row('exceptionLogs', { storedId: ' 7654321\u00a0', errorMessage: 'padded' }),
        row('exceptionLogs', { storedId: '1111111', errorMessage: ' \u00a0' }),
        row('exceptionLogs', { storedId: '2222222' }),
        row('exceptionLogs', { storedId: '3333333', errorMessage: 'not asked for' }),
      ],
    })
    const asked = numbers('1234567', '7654321', '1111111', '2222222', '4444444')
    const reasons = await place.exceptions.reasonsOf(asked)
    assert.deepEqual([...reasons].toSorted(), [
      ['1234567', ' kept as written '],
      ['7654321', 'padded'],
    ])
    assert.equal((await place.exceptions.reasonsOf([])).size, 0)
  })

  test('reasons read by number are current', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    const asked = numbers('1234567')
    for (const errorMessage of ['first', 'second']) {
      await place.fill({ exceptionLogs: [row('exceptionLogs', { storedId: '1234567', errorMessage })] })
      assert.deepEqual([...(await place.exceptions.reasonsOf(asked)).values()], [errorMessage])
    }
  })
}
