import type { Run } from '../../ports/run-ledger.ts'
import { isOver } from '../../sync/run-state.ts'
import { runProgress } from './progress.ts'
import { runName } from './run-name.ts'

/** The title of a run's page. In progress it has the share of its stage first: it helps people with many tabs. */
export function runTitle(run: Run, now: number): string {
  const name = runName(run)
  if (isOver(run.state)) return name
  const percent = runProgress(run, now)?.percent ?? null
  return `${percent === null ? '' : `${percent}% `}${name} in progress`
}
