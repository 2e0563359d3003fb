import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ChangedKey, JournalKey } from '../../../src/ports/run-workspace.ts'
import { openWorkspace, type WorkspaceFactory } from './place.ts'
import { changed, document, ONE, person, SMALL, TWO } from './samples.ts'

/** Keys without the workspace's private part. */
function keysOf(read: readonly JournalKey[]): ChangedKey[] {
  return read.map((key) => {
    if (key.kind === 'document') return document(key.storedId)
    return key.kind === 'person' ? person(key.tcsPersonId) : changed(key.number)
  })
}

/** The keys of rows that changed during the run. */
export function journal(factory: WorkspaceFactory): void {
  test('keys are returned once, in the order first added, and stay until removed', async (t) => {
    const workspace = await openWorkspace(t, factory)
    assert.deepEqual(await workspace.journal(10), [])
    // A person id that looks like a GMC number is a different key.
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

  test('a key added again after it was read stays in place until read again', async (t) => {
    const workspace = await openWorkspace(t, factory)
    await workspace.addToJournal([changed(ONE), person(1), changed(TWO)])
    const read = await workspace.journal(10)
    await workspace.addToJournal([person(1)])
    // Another reader read it meanwhile; the first reader still does not know of the addition.
    const again = await workspace.journal(10)
    await workspace.removeFromJournal(read)
    assert.deepEqual(keysOf(await workspace.journal(10)), [person(1)])
    await workspace.removeFromJournal(again)
    assert.deepEqual(await workspace.journal(10), [])
  })

  test('documents are distinguished by their whole id, in any script', async (t) => {
    const workspace = await openWorkspace(t, factory)
    const ids = ['UNKNOWN', ' UNKNOWN', 'unknown', '7', '', 'N\u0000ull', 'N', '"\\\n😀 عائشة', '\ud83d', '\ufffd']
    const keys = [person(7), changed(SMALL), ...ids.map(document)]
    for (let time = 1; time <= 2; time += 1) await workspace.addToJournal(keys)
    const read = await workspace.journal(20)
    assert.deepEqual(keysOf(read), keys)
    await workspace.removeFromJournal(read.slice(3))
    assert.deepEqual(keysOf(await workspace.journal(20)), keys.slice(0, 3))
  })

  test('a key that was removed and added again is new', async (t) => {
    const workspace = await openWorkspace(t, factory)
    await workspace.addToJournal([person(1), person(2)])
    const read = await workspace.journal(10)
    await workspace.removeFromJournal(read)
    await workspace.addToJournal([person(2), person(1)])
    await workspace.removeFromJournal(read)
    assert.deepEqual(keysOf(await workspace.journal(10)), [person(2), person(1)])
  })
}
