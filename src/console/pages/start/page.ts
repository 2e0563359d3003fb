import * as z from 'zod'
import { recordFailure } from '../../../app/http/access/audit.ts'
import { read, textUpTo } from '../../../app/http/requests.ts'
import { OperatorRequests } from '../../../app/operator-requests.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { RunId } from '../../../ports/run-ledger.ts'
import type { ConsoleScope } from '../../frame/console-scope.ts'
import type { Done, FieldError, Page } from '../../frame/page.ts'
import type { Visit } from '../../frame/visit.ts'
import { readNextRun } from '../../runs/next-run.ts'
import { runPath } from '../../runs/run-name.ts'
import { instant } from '../../words/instants.ts'
import { person } from '../../words/people.ts'
import { readStart } from './facts.ts'
import { NOTHING_TYPED, startModel, type TypedStart } from './model.ts'

const MOST = 1_000
const FORM = z.object({
  // A form without a choice is one that was not sent by our page.
  then: z.enum(['live', 'hold']),
  expect: textUpTo(20_000).default(''),
  senderGone: textUpTo(20_000).default(''),
  request: textUpTo(100).min(1),
})
const IN_PROGRESS = z.object({ run: z.string() })

/** Starting a run. What is live stays live, so it asks for no reason; started twice, it is the same run. */
export function addStartPages({ page, action, worker, config }: ConsoleScope): void {
  const { context } = worker
  const operator = new OperatorRequests(worker)

  const show = async (visit: Visit, typed: TypedStart, errors: readonly FieldError[] = []): Promise<Page> => {
    const { now } = visit
    const facts = await readStart(context.ledger, () => readNextRun(context.ledger, config, now))
    const { rowsPerSecond } = config.sources
    return {
      heading: 'Start a run',
      section: 'Runs',
      template: 'start',
      model: startModel(facts, { now, rowsPerSecond, typed }),
      back: { text: 'Overview', href: '/console' },
      errors,
      ...(errors.length > 0 && { status: 400 }),
    }
  }

  const alreadyRunning = async (id: RunId, now: number): Promise<Done> => {
    const run = (await context.ledger.read('run', id))?.value ?? null
    const started =
      run === null ? '' : ` It was started by ${person(run.requestedBy)} at ${instant(run.requestedAt, now).text}.`
    const text = `A run is already in progress.${started} You are looking at it now.`
    return { to: runPath(id), banner: { kind: 'information', text } }
  }

  page('/runs/new', async (visit) => show(visit, NOTHING_TYPED))
  action('/runs', async (visit) => {
    const { request, ...typed } = visit.form(FORM)
    const errors = errorsIn(typed)
    if (errors.length > 0) return show(visit, typed, errors)
    const expect = given(typed.expect)
    const senderGone = given(typed.senderGone)
    const purpose = typed.then === 'hold' ? 'preview' : 'sync'
    try {
      const { id } = await operator.start({ by: visit.by, request, purpose, expect, senderGone })
      return { to: runPath(id), banner: { kind: 'success', text: 'The run has started.' } }
    } catch (error) {
      if (!(error instanceof RevalError)) throw error
      if (error.code === 'SENDER_STILL_SENDING') {
        recordFailure(visit.request, error)
        return show(visit, typed, [{ field: 'senderGone', text: 'Enter how you know that the sender has stopped' }])
      }
      if (error.code !== 'RUN_IN_PROGRESS') throw error
      recordFailure(visit.request, error)
      return alreadyRunning(read(IN_PROGRESS, error.details).run, visit.now)
    }
  })
}

function errorsIn({ expect, senderGone }: TypedStart): readonly FieldError[] {
  const fields = { expect, senderGone }
  return Object.entries(fields).flatMap(([field, text]) =>
    Array.from(text.trim()).length > MOST ? [{ field, text: `Enter at most 1,000 characters` }] : [],
  )
}

const given = (text: string): string | null => (text.trim() === '' ? null : text.trim())
