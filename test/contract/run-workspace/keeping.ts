import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RevalError } from '../../../src/errors/reval-error.ts'
import type { ErrorCode } from '../../../src/errors/codes.ts'
import type { RunWorkspace } from '../../../src/ports/run-workspace.ts'
import { openPlace, openWorkspace, type WorkspaceFactory } from './place.ts'
import { changed, doctor, number, ONE, person, trainee } from './samples.ts'

const USES: Readonly<Record<string, (workspace: RunWorkspace) => Promise<unknown>>> = {
  addTrainees: (workspace) => workspace.addTrainees([trainee(1, ONE)]),
  countTrainees: (workspace) => workspace.countTrainees(),
  addReasons: (workspace) => workspace.addReasons([{ number: ONE, reason: 'x' }]),
  clearReasons: (workspace) => workspace.clearReasons(),
  join: (workspace) => workspace.join([doctor(ONE)]),
  countUnjoined: (workspace) => workspace.countUnjoined(),
  unjoined: (workspace) => workspace.unjoined(null, 1),
  addToJournal: (workspace) => workspace.addToJournal([changed(ONE)]),
  journal: (workspace) => workspace.journal(1),
  removeFromJournal: (workspace) => workspace.removeFromJournal([{ ...person(1), mark: 1 }]),
}

/** Expects everything except close to be rejected with this code, as not transient. */
export async function refusesAll(workspace: RunWorkspace, code: ErrorCode): Promise<void> {
  for (const [name, use] of Object.entries(USES)) {
    await assert.rejects(use(workspace), (error) => {
      assert.ok(error instanceof RevalError, name)
      assert.deepEqual([error.code, error.transient], [code, false], name)
      return true
    })
  }
}

/** A thousand trainees with different numbers. */
export function thousand(from: number) {
  return Array.from({ length: 1_000 }, (_, at) => trainee(from + at, number(String(1_000_000 + from + at))))
}

const full = { code: 'DISK_FULL', transient: false }

/** Closing, separation and a full disk. */
export function keeping(factory: WorkspaceFactory): void {
  test('workspaces are separate', async (t) => {
    const place = await openPlace(t, factory)
    const [one, two] = [await place.open(), await place.open()]
    await one.addTrainees([trainee(1, ONE)])
    await one.addToJournal([person(1)])
    assert.deepEqual([await two.countTrainees(), await two.journal(1)], [0, []])
    await two.close()
    assert.deepEqual([await one.countTrainees(), (await one.journal(1)).length], [1, 1])
  })

  test('a closed workspace rejects everything; closing twice is allowed', async (t) => {
    const workspace = await openWorkspace(t, factory)
    await workspace.addTrainees([trainee(1, ONE)])
    await workspace.close()
    await workspace.close()
    await refusesAll(workspace, 'WORKSPACE_FAILED')
  })

  test('a full disk is reported by any write and ends the workspace; another one works', async (t) => {
    const place = await openPlace(t, factory)
    const fillings: Readonly<Record<string, (workspace: RunWorkspace, from: number) => Promise<unknown>>> = {
      trainees: (workspace, from) => workspace.addTrainees(thousand(from)),
      joins: (workspace, from) =>
        workspace.join(thousand(from).map((each) => doctor(number(each.gmcReferenceNumber ?? '')))),
      journal: (workspace, from) => workspace.addToJournal(thousand(from).map((each) => person(each.tcsPersonId))),
      reasons: (workspace, from) =>
        workspace.addReasons(
          thousand(from).map((each) => ({ number: number(each.gmcReferenceNumber ?? ''), reason: 'No body' })),
        ),
    }
    for (const [name, fill] of Object.entries(fillings)) {
      const workspace = await place.openOnSmallDisk()
      const filling = async () => {
        for (let from = 0; from < 100_000; from += 1_000) await fill(workspace, from)
      }
      await assert.rejects(filling(), full, name)
      await refusesAll(workspace, 'DISK_FULL')
      await workspace.close()
      const next = await place.openOnSmallDisk()
      await next.addTrainees([trainee(1, ONE)])
      assert.equal((await next.join([doctor(ONE)]))[0]?.trainees.length, 1)
      await next.close()
    }
  })
}
