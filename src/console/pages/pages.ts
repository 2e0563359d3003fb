import type { ConsoleScope } from '../frame/console-scope.ts'
import { addAuditPages } from './audit/page.ts'
import { addDecisionPages } from './decisions/page.ts'
import { addDoctorPages } from './doctors/page.ts'
import { addFailurePages } from './failures/page.ts'
import { addHelpPages } from './help/page.ts'
import { addListPages } from './lists/page.ts'
import { addOverviewPage } from './overview/page.ts'
import { addHistoryPage } from './history/page.ts'
import { addRunPage } from './run/page.ts'
import { addStartPages } from './start/page.ts'
import { ComparisonJobs } from './preview/comparison-jobs.ts'
import { addPreviewPages } from './preview/page.ts'
import { addVerifyPages } from './verify/page.ts'
import { addSystemPages } from './system/page.ts'

/** All pages of the console. */
export function addPages(scope: ConsoleScope): void {
  const comparisons = new ComparisonJobs(scope.worker.context)
  addAuditPages(scope)
  addDecisionPages(scope, comparisons)
  addOverviewPage(scope)
  addStartPages(scope)
  addDoctorPages(scope)
  addFailurePages(scope)
  addRunPage(scope)
  addHistoryPage(scope)
  addHelpPages(scope)
  addListPages(scope)
  addPreviewPages(scope, comparisons)
  addVerifyPages(scope)
  addSystemPages(scope)
}
