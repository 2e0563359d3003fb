import * as z from 'zod'
import { recordFailure } from '../../../app/http/access/audit.ts'
import { PATH_TEXT, read, textUpTo } from '../../../app/http/requests.ts'
import { OperatorRequests } from '../../../app/operator-requests.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { Repair } from '../../../ports/run-ledger.ts'
import { LATEST } from '../../../ports/verification.ts'
import { readInstallation, readRun } from '../../../sync/records.ts'
import { allDiffering, readFindings } from '../../../sync/verify/findings.ts'
import { pageInTitle } from '../../components/pagination.ts'
import type { ConsoleScope } from '../../frame/console-scope.ts'
import type { Done, Page } from '../../frame/page.ts'
import type { Visit } from '../../frame/visit.ts'
import { runName, runPath } from '../../runs/run-name.ts'
import { counted } from '../../words/numbers.ts'
import { decisionPage } from '../decisions/decision.ts'
import { FINDINGS_PER_PAGE, pagesOf, resultModel, verificationPath, verifyModel } from './model.ts'

const FORM = z.object({ repair: z.literal('rows').optional(), request: textUpTo(100).min(1) })
const PARAMS = z.object({ run: PATH_TEXT })
const QUERY = z.object({ page: z.coerce.number().int().min(1).max(1_000_000).default(1) })
const IN_PROGRESS = z.object({ run: z.string() })
/** Among how many of the latest runs checks are looked for. */
const RUNS_LOOKED_AT = 200
const CHECKS_SHOWN = 10

/** Whether what is live is what the sources say, and repairing what is not. */
export function addVerifyPages({ page, action, worker, revision }: ConsoleScope): void {
  const { ledger } = worker.context
  const operator = new OperatorRequests(worker)

  const showAll = async (visit: Visit): Promise<Page> => {
    const seen = await revision('verify')
    const installation = await readInstallation(ledger)
    const { currentRun, live } = installation
    const [latest, runs, current] = await Promise.all([
      ledger.read('verification', LATEST),
      ledger.runs(RUNS_LOOKED_AT),
      currentRun === null ? null : ledger.read('run', currentRun.id),
    ])
    const verification = latest?.value ?? null
    const verified = verification?.repaired?.how === 'promote' ? verification.run : verification?.live.run
    return {
      heading: 'Check the live lists',
      template: 'verify',
      live: { view: 'verify', revision: seen },
      section: 'System',
      breadcrumb: [{ text: 'System', href: '/console/system' }],
      model: verifyModel({
        latest: verification,
        isOfLive: live !== null && live.run === verified,
        runs: runs.filter(({ purpose }) => purpose === 'verify').slice(0, CHECKS_SHOWN),
        current: current?.value ?? null,
        kept: installation,
        mayOperate: visit.may('operator'),
        now: visit.now,
      }),
    }
  }

  const start = async (visit: Visit, repair: Repair | null, request: string): Promise<Done> => {
    try {
      await operator.verify({ by: visit.by, repair, request })
      const text = repair === null ? 'The check has started.' : 'The repair has started.'
      return { to: '/console/verify', banner: { kind: 'success', text } }
    } catch (error) {
      if (!(error instanceof RevalError) || error.code !== 'RUN_IN_PROGRESS') throw error
      recordFailure(visit.request, error)
      const { run } = read(IN_PROGRESS, error.details)
      const text = 'A run is already in progress. You are looking at it now. Start the check once it has ended.'
      return { to: runPath(run), banner: { kind: 'information', text } }
    }
  }

  page('/verify', showAll)
  action('/verify', async (visit) => {
    const { repair = null, request } = visit.form(FORM)
    return start(visit, repair, request)
  })

  page('/verify/repair', async () => {
    const latest = (await ledger.read('verification', LATEST))?.value ?? null
    const { live } = await readInstallation(ledger)
    if (live === null) throw new RevalError('NOTHING_LIVE', 'there is nothing to repair')
    return decisionPage(
      {
        section: 'System',
        heading: 'Repair the live lists',
        back: { text: 'Check the live lists', href: '/console/verify' },
        text: 'All rows are checked again. Those that differ then are read again from the sources and written to what is live, and to its tables. The other rows stay as they are.',
        details: [
          {
            key: 'Rows checked',
            value: { text: latest === null ? 'Not checked yet' : counted(latest.rows.live, 'row') },
          },
          {
            key: 'Differed then',
            value: {
              text: counted(latest && allDiffering(latest), 'row'),
            },
          },
        ],
        action: '/console/verify',
        button: 'Repair the lists',
        isWarning: false,
        fields: [{ name: 'repair', value: 'rows' }],
        question: null,
        missing: '',
        leave: { text: 'Cancel', href: '/console/verify' },
      },
      '',
    )
  })

  page('/verify/:run', async (visit): Promise<Page | Done> => {
    const run = await readRun(ledger, visit.params(PARAMS).run)
    const { verification } = run
    if (verification === null) return { to: runPath(run.id) }
    const { page: number } = visit.query(QUERY)
    const pages = pagesOf(verification)
    if (number > pages) return { to: `${verificationPath(run.id)}?page=${pages}` }
    const skip = (number - 1) * FINDINGS_PER_PAGE
    const [findings, latest] = await Promise.all([
      readFindings(ledger, verification, { skip, limit: FINDINGS_PER_PAGE }),
      ledger.read('verification', LATEST),
    ])
    const isLatest = latest?.value.run === run.id && visit.may('operator')
    return {
      heading: runName(run),
      title: `${runName(run)}${pageInTitle({ page: number, pages })}`,
      template: 'verification',
      section: 'System',
      breadcrumb: [
        { text: 'System', href: '/console/system' },
        { text: 'Check the live lists', href: '/console/verify' },
      ],
      model: resultModel(run, verification, findings, { page: number, isLatest, now: visit.now }),
    }
  })
}
