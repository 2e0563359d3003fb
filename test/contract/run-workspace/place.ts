import type { TestContext } from 'node:test'
import type { RunWorkspace } from '../../../src/ports/run-workspace.ts'

/** A place for the workspaces of one test. */
export interface WorkspacePlace {
  /** Another workspace; closed by its user or by `dispose`. */
  readonly open: () => Promise<RunWorkspace>
  /** The same on a disk with space for hundreds of trainees, but not for a hundred thousand. */
  readonly openOnSmallDisk: () => Promise<RunWorkspace>
  readonly dispose: () => Promise<void>
}

export type WorkspaceFactory = () => Promise<WorkspacePlace>

/** A place for one test, disposed of afterwards. */
export async function openPlace(t: TestContext, factory: WorkspaceFactory): Promise<WorkspacePlace> {
  const place = await factory()
  t.after(() => place.dispose())
  return place
}

export async function openWorkspace(t: TestContext, factory: WorkspaceFactory): Promise<RunWorkspace> {
  return (await openPlace(t, factory)).open()
}
