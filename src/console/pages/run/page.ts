import * as z from 'zod'
import { PATH_TEXT } from '../../../app/http/requests.ts'
import { httpRun } from '../../../app/http/start-run.ts'
import type { ConsoleScope } from '../../frame/console-scope.ts'
import { runName } from '../../runs/run-name.ts'
import { runTitle } from '../../runs/run-title.ts'
import { readRunFacts } from './facts.ts'
import { runModel } from './model.ts'

const PARAMS = z.object({ id: PATH_TEXT })

/** One run: what it is doing, or how it ended, why, and what to do. */
export function addRunPage({ page, worker, revision }: ConsoleScope): void {
  const { ledger } = worker.context
  page('/runs/:id', async (visit) => {
    const { now } = visit
    const { id } = visit.params(PARAMS)
    const current = await revision('run', id)
    const facts = await readRunFacts(ledger, id)
    const { run } = facts
    return {
      heading: runName(run),
      title: runTitle(run, now),
      section: 'Runs',
      template: 'run',
      model: runModel(facts, { now, mayOperate: visit.may('operator'), json: httpRun(run, now) }),
      breadcrumb: [{ text: 'Runs', href: '/console/runs' }],
      live: { view: 'run', run: id, revision: current },
    }
  })
}
