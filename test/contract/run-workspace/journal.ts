import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ChangedKey, JournalKey } from '../../../src/ports/run-workspace.ts'
import { openWorkspace, type WorkspaceFactory } from './place.ts'
import { changed, ONE, person, SMALL, TWO } from './samples.ts'

/** Keys without what only the workspace reads in them. */
function keysOf(read: readonly JournalKey[]): ChangedKey[] {
  return read.map((key) => (key.kind === 'person' ? person(key.tcsPersonId) : { kind: key.kind, number: key.number }))
}

/** Whose rows changed meanwhile. */
export function journal(factory: WorkspaceFactory): void {
  test('keys come in the order in which they first came, each once, and stay until they are removed', async (t) => {
    const workspace = await openWorkspace(t, factory)
    assert.deepEqual(await workspace.journal(10), [])
    // A person whose id reads as a number is another key than the number.
    const keys = [person(1111111), changed(ONE), changed(SMALL), person(-4), person(Number.MAX_SAFE_INTEGER)]
    await workspace.addToJournal(keys.slice(0, 2))
    await workspace.addToJournal([changed(SMALL), changed(ONE), ...keys.slice(2), changed(SMALL)])
    for (let time = 1; time <= 2; time += 1) assert.deepEqual(keysOf(await workspace.journal(10)), keys)
    const first = await workspace.journal(2)
    assert.deepEqual(keysOf(first), keys.slice(0, 2))
    await workspace.removeFromJournal(first)
    assert.deepEqual(keysOf(await workspace.journal(10)), keys.slice(2))
    await workspace.removeFromJournal(first)
    await workspace.removeFromJournal(await workspace.journal(10))
    assert.deepEqual(await workspace.journal(10), [])
  })

  test('a key that was added again since it was read stays, in its place, until it is read again', async (t) => {
    const workspace = await openWorkspace(t, factory)
    await workspace.addToJournal([changed(ONE), person(1), changed(TWO)])
    const read = await workspace.journal(10)
    await workspace.addToJournal([person(1)])
    // Read by somebody else meanwhile: who read it before does not know of the addition all the same.
    const again = await workspace.journal(10)
    await workspace.removeFromJournal(read)
    assert.deepEqual(keysOf(await workspace.journal(10)), [person(1)])
    await workspace.removeFromJournal(again)
    assert.deepEqual(await workspace.journal(10), [])
  })

  test('a key that was removed and comes again is a new one', async (t) => {
    const workspace = await openWorkspace(t, factory)
    await workspace.addToJournal([person(1), person(2)])
    const read = await workspace.journal(10)
    await workspace.removeFromJournal(read)
    await workspace.addToJournal([person(2), person(1)])
    await workspace.removeFromJournal(read)
    assert.deepEqual(keysOf(await workspace.journal(10)), [person(2), person(1)])
  })
}
