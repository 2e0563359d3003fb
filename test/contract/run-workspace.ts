import { joining } from './run-workspace/joining.ts'
import { journal } from './run-workspace/journal.ts'
import { keeping } from './run-workspace/keeping.ts'
import { likeAModel } from './run-workspace/like-a-model.ts'
import type { WorkspaceFactory } from './run-workspace/place.ts'
import { unjoined } from './run-workspace/unjoined.ts'

export type { WorkspaceFactory, WorkspacePlace } from './run-workspace/place.ts'

/** What every RunWorkspace does. */
export function runWorkspaceContract(factory: WorkspaceFactory): void {
  joining(factory)
  unjoined(factory)
  journal(factory)
  keeping(factory)
  likeAModel(factory)
}
