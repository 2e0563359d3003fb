import type { ConsoleScope } from '../../frame/console-scope.ts'
import { readNextRun } from '../../runs/next-run.ts'
import { countDeadLetters } from './dead-letters.ts'
import { readOverview } from './facts.ts'
import { overviewModel } from './model.ts'

/** Whether the lists are right, how old they are, whether anything is going on, and whether anything needs a person. */
export function addOverviewPage({ page, worker, config, revision }: ConsoleScope): void {
  const { context, health } = worker
  const deadLetters = countDeadLetters(context)
  page('', async (visit) => {
    const { now } = visit
    const current = await revision('overview')
    const other = {
      deadLetters,
      servers: () => health.serversView(),
      elsewhere: config.javaPeers,
      next: () => readNextRun(context.ledger, config, now),
    }
    const facts = await readOverview(context.ledger, other, now)
    return {
      heading: 'Overview',
      section: 'Overview',
      template: 'overview',
      model: overviewModel(facts, { now, staleMs: config.staleMs, mayOperate: visit.may('operator') }),
      live: { view: 'overview', revision: current },
    }
  })
}
