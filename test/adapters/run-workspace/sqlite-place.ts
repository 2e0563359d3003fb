import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { openRunWorkspaces } from '../../../src/adapters/run-workspace/sqlite/open.ts'
import type { RunWorkspace } from '../../../src/ports/run-workspace.ts'
import type { WorkspacePlace } from '../../contract/run-workspace.ts'

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'reval-workspace-'))
}

/** A directory that is removed after the test. */
export function folderFor(t: TestContext): string {
  const folder = newFolder()
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export async function sqlitePlace(): Promise<WorkspacePlace> {
  const folder = newFolder()
  const opened: RunWorkspace[] = []
  const opener = (maxPages?: number) => async () => {
    const workspace = await openRunWorkspaces(folder, maxPages === undefined ? {} : { maxPages }).open()
    opened.push(workspace)
    return workspace
  }
  return {
    open: opener(),
    openOnSmallDisk: opener(60),
    dispose: async () => {
      for (const workspace of opened) await workspace.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
