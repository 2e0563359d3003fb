import type { TestContext } from 'node:test'
import type { RunWorkspace } from '../../../src/ports/run-workspace.ts'

/** Where one test finds room for workspaces. */
export interface WorkspacePlace {
  /** Another workspace; closed by its user or by `dispose`. */
  readonly open: () => Promise<RunWorkspace>
  /** The same on a disk with room for some hundreds of trainees, and not for a hundred thousand. */
  readonly openOnSmallDisk: () => Promise<RunWorkspace>
  readonly dispose: () => Promise<void>
}

export type WorkspaceFactory = () => Promise<WorkspacePlace>

/** A place for one test, disposed of when it ends. */
export async function openPlace(t: TestContext, factory: WorkspaceFactory): Promise<WorkspacePlace> {
  const place = await factory()
  t.after(() => place.dispose())
  return place
}

export async function openWorkspace(t: TestContext, factory: WorkspaceFactory): Promise<RunWorkspace> {
  return (await openPlace(t, factory)).open()
}
