import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { openRunWorkspaces } from '../../../src/adapters/run-workspace/sqlite/open.ts'
import type { ChangedKey } from '../../../src/ports/run-workspace.ts'
import { catchUpAll, catchUpSome } from '../../../src/sync/lead/catch-up.ts'
import type { RefreshKeys } from '../../../src/sync/refresh/refresh.ts'

const TARGET = { generation: 'g', run: 'run-1', day: '2026-06-01' }
const person = (tcsPersonId: number): ChangedKey => ({ kind: 'person', tcsPersonId })
const persons = (count: number): ChangedKey[] => Array.from({ length: count }, (_, at) => person(at + 1))

/** A workspace with keys in its journal, and a refresh that records its calls. */
async function journalOf(t: TestContext, keys: readonly ChangedKey[]) {
  const folder = await mkdtemp(join(tmpdir(), 'reval-catch-up-'))
  const workspace = await openRunWorkspaces(folder).open()
  t.after(async () => {
    await workspace.close()
    await rm(folder, { recursive: true })
  })
  await workspace.addToJournal(keys)
  const refreshed: ChangedKey[] = []
  const refresh: RefreshKeys = (targets, asked, causes) => {
    assert.equal(causes, 'catching up')
    assert.deepEqual(targets, [TARGET])
    for (const key of asked) refreshed.push(key.kind === 'person' ? person(key.tcsPersonId) : key)
    return Promise.resolve([{ status: 'fulfilled', value: { changes: [], rows: [], failed: [], unknown: [] } }])
  }
  return { workspace, target: TARGET, refresh, refreshed }
}

describe('a generation catches up with its journal', () => {
  test('that is empty: nothing to do', async (t) => {
    const journal = await journalOf(t, [])
    assert.deepEqual(await catchUpSome(journal), { refreshed: 0, isClose: true })
    await catchUpAll(journal)
    assert.deepEqual(journal.refreshed, [])
  })

  test('in batches, and reports when few enough keys are left to switch', async (t) => {
    const journal = await journalOf(t, persons(1_200))
    assert.deepEqual(await catchUpSome(journal), { refreshed: 500, isClose: false })
    assert.deepEqual(await catchUpSome(journal), { refreshed: 500, isClose: false })
    assert.deepEqual(await catchUpSome(journal), { refreshed: 200, isClose: true })
    assert.deepEqual(journal.refreshed, persons(1_200))
  })

  test('up to its last key', async (t) => {
    const journal = await journalOf(t, persons(1_200))
    await catchUpAll(journal)
    assert.deepEqual(journal.refreshed, persons(1_200))
    assert.deepEqual(await journal.workspace.journal(10), [])
  })

  test('and keeps a key that could not be refreshed', async (t) => {
    const journal = await journalOf(t, persons(2))
    const failing = { ...journal, refresh: () => Promise.reject(new Error('the source is away')) }
    await assert.rejects(catchUpAll(failing), /the source is away/)
    const rejected = { status: 'rejected' as const, reason: new Error('the store is away') }
    const refused = { ...journal, refresh: () => Promise.resolve([rejected]) }
    await assert.rejects(catchUpAll(refused), /the store is away/)
    await catchUpAll(journal)
    assert.deepEqual(journal.refreshed, persons(2))
  })

  test('and refreshes a key again that changed meanwhile', async (t) => {
    const journal = await journalOf(t, persons(1))
    let changes = 0
    const refresh: RefreshKeys = async (targets, keys, causes) => {
      const results = await journal.refresh(targets, keys, causes)
      if (changes++ === 0) await journal.workspace.addToJournal(persons(1))
      return results
    }
    await catchUpAll({ ...journal, refresh })
    assert.deepEqual(journal.refreshed, [person(1), person(1)])
  })
})
