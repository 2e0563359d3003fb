import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openWorkspace, type WorkspaceFactory } from './place.ts'
import { doctor, ONE, trainee, TWO } from './samples.ts'

/** Unjoined trainees. */
export function unjoined(factory: WorkspaceFactory): void {
  test('unjoined trainees, and those without a number, are returned by person id with their reason', async (t) => {
    const workspace = await openWorkspace(t, factory)
    const [second, third, fourth] = [trainee(2, TWO), trainee(-3, null), trainee(40, 'UNKNOWN')]
    await workspace.addTrainees([fourth, second, trainee(1, ONE), third, trainee(5, ONE)])
    await workspace.addReasons([
      { number: ONE, reason: 'of one' },
      { number: TWO, reason: 'of two' },
    ])
    assert.equal(await workspace.countUnjoined(), 5)
    await workspace.join([doctor(ONE)])
    assert.equal(await workspace.countUnjoined(), 3)
    const expected = [
      { trainee: third, reason: null },
      { trainee: second, reason: 'of two' },
      { trainee: fourth, reason: null },
    ]
    assert.deepEqual(await workspace.unjoined(null, 3), expected)
    assert.deepEqual(await workspace.unjoined(null, 2), expected.slice(0, 2))
    assert.deepEqual(await workspace.unjoined(-3, 10), expected.slice(1))
    assert.deepEqual(await workspace.unjoined(3, 10), expected.slice(2))
    assert.deepEqual(await workspace.unjoined(40, 10), [])
    assert.equal(await workspace.countTrainees(), 5)
  })
}
