import * as z from 'zod'
import { PATH_TEXT } from '../../../app/http/requests.ts'
import { httpRun } from '../../../app/http/start-run.ts'
import { installationSeen } from '../../../sync/lead/installation-seen.ts'
import { isOver } from '../../../sync/run-state.ts'
import type { ConsoleScope } from '../../frame/console-scope.ts'
import { runProgress } from '../../runs/progress.ts'
import { runName } from '../../runs/run-name.ts'
import { readRunFacts } from './facts.ts'
import { runModel } from './model.ts'

const PARAMS = z.object({ id: PATH_TEXT })

/** One run: what it is doing, or how it ended, why, and what to do. */
export function addRunPage({ page, worker }: ConsoleScope): void {
  const { ledger } = worker.context
  page('/runs/:id', async (visit) => {
    const { now } = visit
    const facts = await readRunFacts(ledger, visit.params(PARAMS).id)
    const { run, installation } = facts
    const heading = runName(run)
    const percent = runProgress(run, now)?.percent ?? null
    return {
      heading,
      ...(!isOver(run.state) && { title: `${percent === null ? '' : `${percent}% `}${heading} in progress` }),
      section: 'Runs',
      template: 'run',
      model: runModel(facts, { now, mayOperate: visit.may('operator'), json: httpRun(run, now) }),
      breadcrumb: [{ text: 'Runs', href: '/console/runs' }],
      live: installation.known ? { view: 'run', run: run.id, revision: installationSeen(installation.value) } : null,
    }
  })
}
