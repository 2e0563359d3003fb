import { readInstallation } from '../../../sync/records.ts'
import { pageInTitle } from '../../components/pagination.ts'
import type { ConsoleScope } from '../../frame/console-scope.ts'
import { reading, valueOf } from '../../frame/reading.ts'
import { historyModel, pageShown } from './model.ts'
import { filterOf, HISTORY_QUERY, hrefOf, matching } from './query.ts'

/** More runs than an installation keeps; without a limit of its own, the latest of them. */
const MOST_RUNS = 500

/** The runs that are kept: whether they get slower, how often they fail, and who promoted by hand. */
export function addHistoryPage({ page, worker, config, revision }: ConsoleScope): void {
  const { ledger } = worker.context
  const most = config.retention.runs === 0 ? MOST_RUNS : Math.min(MOST_RUNS, config.retention.runs + 1)
  page('/runs', async (visit) => {
    const filter = filterOf(visit.query(HISTORY_QUERY))
    const current = await revision('runs')
    const [runs, installation] = await Promise.all([
      reading(() => ledger.runs(most)),
      reading(() => readInstallation(ledger)),
    ])
    const shown = pageShown(matching(valueOf(runs) ?? [], filter).length, filter)
    if (runs.known && shown.page !== filter.page) return { to: hrefOf(filter, { page: shown.page }) }
    return {
      heading: 'Runs',
      title: `Runs${pageInTitle(shown)}`,
      section: 'Runs',
      template: 'history',
      model: historyModel({ runs, installation }, filter, { mayOperate: visit.may('operator') }),
      errors: filter.errors,
      ...(filter.errors.length > 0 && { status: 400 }),
      live: { view: 'runs', revision: current },
    }
  })
}
