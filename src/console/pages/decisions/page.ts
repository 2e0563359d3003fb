import * as z from 'zod'
import { recordFailure } from '../../../app/http/access/audit.ts'
import { PATH_TEXT, textUpTo } from '../../../app/http/requests.ts'
import { OperatorRequests, type AskedWriter } from '../../../app/operator-requests.ts'
import { asRevalError, RevalError } from '../../../errors/reval-error.ts'
import type { Run } from '../../../ports/run-ledger.ts'
import { changedSince, installationSeen, LONGEST_SEEN } from '../../../sync/lead/installation-seen.ts'
import { readInstallation, readRun } from '../../../sync/records.ts'
import { isOver } from '../../../sync/run-state.ts'
import type { ConsoleScope } from '../../frame/console-scope.ts'
import type { Done, Link, Page } from '../../frame/page.ts'
import type { Visit } from '../../frame/visit.ts'
import { runName, runPath } from '../../runs/run-name.ts'
import { dayInWords } from '../../words/instants.ts'
import type { ComparisonJobs } from '../preview/comparison-jobs.ts'
import { cancelling } from './cancel.ts'
import { changedPage, runsIn } from './changed.ts'
import { decisionPage, reasonErrors, reasonIn, type Decision } from './decision.ts'
import { discarding } from './discard.ts'
import { readDecisionFacts, type DecisionFacts } from './facts.ts'
import { interruption, promotion } from './promote.ts'
import { isRefusalCode, refusalPage } from './refusals.ts'
import { rollingBack } from './roll-back.ts'

const RUN = z.object({ id: PATH_TEXT })
const SURE = z.object({ sure: z.literal('yes').optional() })
/** Of a form without one of these fields, nothing is known that it was decided on: it is refused as changed. */
const FORM = z.object({
  why: textUpTo(20_000).default(''),
  seen: textUpTo(LONGEST_SEEN).default(''),
  request: textUpTo(100).min(1),
})

/** Making a run live, discarding it, cancelling it, and rolling back: each asks first, with its effect in numbers. */
export function addDecisionPages({ page, action, worker }: ConsoleScope, comparisons: ComparisonJobs): void {
  const { context } = worker
  const { ledger } = context
  const operator = new OperatorRequests(worker)
  const readFacts = (now: number) => readDecisionFacts(context, (sides) => comparisons.known(sides), now)

  /** Shows the page that asks. A decision that cannot be made throws the code of its refusal. */
  const ask = async (visit: Visit, link: Link, of: (facts: DecisionFacts) => Decision): Promise<Page> => {
    const facts = await readFacts(visit.now)
    return answered(visit, link, '', async () => decisionPage(of(facts), installationSeen(facts.installation)))
  }

  /** Carries a decision out that has a reason; without one, shows its page again with what was typed. */
  const decide = async (
    visit: Visit,
    link: Link,
    of: (facts: DecisionFacts) => Decision,
    carryOut: (asked: AskedWriter) => Promise<Done>,
  ): Promise<Page | Done> => {
    const { seen, request, ...typed } = visit.form(FORM)
    const why = reasonIn(typed.why)
    return answered(visit, link, seen, async () => {
      if (reasonErrors(why, '').length === 0)
        return carryOut({ by: visit.by, why, seen, request, signal: visit.signal })
      const decision = of(await readFacts(visit.now))
      return decisionPage(decision, seen, { why: typed.why, errors: reasonErrors(why, decision.missing) })
    })
  }

  /** The answer, or the page of the refusal. */
  const answered = async <T>(visit: Visit, link: Link, seen: string, work: () => Promise<T>): Promise<T | Page> => {
    try {
      return await work()
    } catch (error) {
      const { code } = asRevalError(error)
      if (code !== 'STATE_CHANGED' && !isRefusalCode(code)) throw error
      // Audited routes record how it ended; this answer is ours.
      recordFailure(visit.request, error)
      return code === 'STATE_CHANGED' ? changed(seen, link, visit.now) : refusalPage(code, link)
    }
  }

  const changed = async (seen: string, link: Link, now: number): Promise<Page> => {
    const changes = changedSince(seen, await readInstallation(ledger))
    const runs = await Promise.all(runsIn(changes).map(async (id) => (await ledger.read('run', id))?.value ?? null))
    const known = runs.filter((run) => run !== null).map((run) => [run.id, run] as const)
    return changedPage(changes, new Map(known), { link, now })
  }

  const namedRun = async (visit: Visit): Promise<Run> => readRun(ledger, visit.params(RUN).id)
  const backTo = (id: string): Link => ({ text: 'Go to the run', href: runPath(id) })
  const showsDataOf = async () => {
    const { live } = await readInstallation(ledger)
    const run = live === null ? null : ((await ledger.read('run', live.run))?.value ?? null)
    return run === null ? '' : ` The lists show data of ${dayInWords(run.day)}.`
  }
  const doneAt = (to: string, text: string): Done => ({ to, banner: { kind: 'success', text } })

  const promotionOf = (run: Run) => (facts: DecisionFacts) => {
    refuseUnlessHeldBack(run, facts)
    return promotion(run, facts)
  }
  page('/runs/:id/promote', async (visit) => {
    const run = await namedRun(visit)
    const { sure } = visit.query(SURE)
    const facts = await readFacts(visit.now)
    return answered(visit, backTo(run.id), '', async () => {
      const decision = promotionOf(run)(facts)
      const first = sure === 'yes' ? null : interruption(run, facts)
      return first ?? decisionPage(decision, installationSeen(facts.installation))
    })
  })
  action('/runs/:id/promote', async (visit) => {
    const run = await namedRun(visit)
    return decide(visit, backTo(run.id), promotionOf(run), async (asked) => {
      await operator.promote(run.id, asked)
      return doneAt(runPath(run.id), `The run is live.${await showsDataOf()}`)
    })
  })

  const discardingOf = (run: Run) => (facts: DecisionFacts) => {
    refuseUnlessHeldBack(run, facts, { evenStale: true })
    return discarding(run, facts)
  }
  page('/runs/:id/discard', async (visit) => {
    const run = await namedRun(visit)
    return ask(visit, backTo(run.id), discardingOf(run))
  })
  action('/runs/:id/discard', async (visit) => {
    const run = await namedRun(visit)
    return decide(visit, backTo(run.id), discardingOf(run), async (asked) => {
      await operator.discard(run.id, asked)
      return doneAt(runPath(run.id), 'The run was discarded. What is live has not changed.')
    })
  })

  const cancellingOf = (run: Run, now: number) => () => {
    if (isOver(run.state)) throw new RevalError('RUN_OVER', `${runName(run)} is over`)
    if (run.state === 'promoting') throw new RevalError('RUN_PROMOTING', `${runName(run)} is going live`)
    return cancelling(run, now)
  }
  page('/runs/:id/cancel', async (visit) => {
    const run = await namedRun(visit)
    return ask(visit, backTo(run.id), cancellingOf(run, visit.now))
  })
  action('/runs/:id/cancel', async (visit) => {
    const run = await namedRun(visit)
    return decide(visit, backTo(run.id), cancellingOf(run, visit.now), async (asked) => {
      await operator.cancel(run.id, asked)
      return doneAt(runPath(run.id), 'The run was cancelled. What is live has not changed.')
    })
  })

  const overview: Link = { text: 'Go to the overview', href: '/console' }
  const rollingBackOf = (facts: DecisionFacts) => {
    const { live, previous, installation } = facts
    if (live === null) throw new RevalError('NOTHING_LIVE', 'nothing is live')
    if (previous === null) throw new RevalError('NOTHING_TO_ROLL_BACK', 'no previous generation')
    if (installation.stale[previous.kept.generation] !== undefined)
      throw new RevalError('GENERATION_STALE', 'the previous generation missed a change')
    return rollingBack(live, previous, facts)
  }
  page('/rollback', async (visit) => ask(visit, overview, rollingBackOf))
  action('/rollback', async (visit) =>
    decide(visit, overview, rollingBackOf, async (asked) => {
      await operator.rollBack(asked)
      return doneAt('/console', `Rolled back.${await showsDataOf()}`)
    }),
  )
}

function refuseUnlessHeldBack(run: Run, { installation }: DecisionFacts, { evenStale = false } = {}): void {
  const { heldBack, discarding, stale } = installation
  if (heldBack?.run !== run.id || discarding !== null)
    throw new RevalError('GENERATION_UNKNOWN', `${runName(run)} is not held back`)
  if (!evenStale && stale[heldBack.generation] !== undefined)
    throw new RevalError('GENERATION_STALE', `${runName(run)} missed a change`)
}
