import * as z from 'zod'
import { recordFailure } from '../../../app/http/access/audit.ts'
import { PATH_TEXT, textUpTo } from '../../../app/http/requests.ts'
import { asRevalError, RevalError } from '../../../errors/reval-error.ts'
import type { Queue } from '../../../ports/broker.ts'
import { discardFailures } from '../../../sync/failures/discard.ts'
import type { FoundFailure } from '../../../sync/failures/failure.ts'
import { countLetters, storesOf } from '../../../sync/failures/find-failures.ts'
import { showFailure } from '../../../sync/failures/show-failure.ts'
import type { ConsoleScope } from '../../frame/console-scope.ts'
import type { Done, Link, Page } from '../../frame/page.ts'
import { reading, valueOf } from '../../frame/reading.ts'
import type { Visit } from '../../frame/visit.ts'
import { count, counted } from '../../words/numbers.ts'
import { decisionPage, reasonErrors, reasonIn } from '../decisions/decision.ts'
import { failureDecision, type Chosen } from './confirm.ts'
import { lettersModel } from './letters-model.ts'
import { failuresModel, type ListContext } from './list-model.ts'
import { FAILURE_FILTER, failuresAt, matching, PLACES, ROWS, seenOfFailures, type Place } from './matching.ts'
import { oneFailureModel } from './one.ts'
import { Once } from './once.ts'
import { Replays, replayedInWords } from './replays.ts'
import { placeHref } from './words.ts'

const LIST_QUERY = FAILURE_FILTER.extend({ after: textUpTo(2_000).default('') })
const ONE_PARAMS = z.object({ place: PATH_TEXT, key: PATH_TEXT })
const VALUES_QUERY = z.object({ values: z.literal('yes').optional() })
const QUEUE_PARAMS = z.object({ queue: PATH_TEXT })
const IDS = z.union([textUpTo(2_000).transform((id) => [id]), z.array(textUpTo(2_000)).max(1_000)]).default([])
const CHOSEN_FORM = FAILURE_FILTER.extend({
  place: z.enum(PLACES),
  which: z.enum(['selected', 'all']).default('selected'),
  ids: IDS,
})
const CONFIRM_FORM = CHOSEN_FORM.extend({
  what: z.enum(['replay', 'discard']),
  after: textUpTo(2_000).default(''),
})
const ACT_FORM = CHOSEN_FORM.extend({
  seen: textUpTo(100).default(''),
  request: textUpTo(100).min(1),
  why: textUpTo(20_000).default(''),
})

/** How long a page waits for rows to be tried again. */
const REPLAY_WAIT_MS = 8_000

/** Failed rows and dead letters: what is missing and why, trying again, and discarding with a reason. */
export function addFailurePages({ page, action, server, worker, revision }: ConsoleScope): void {
  const { context, integration } = worker
  const stores = storesOf(context)
  const replays = new Replays(context, stores, () => integration?.wake())
  const once = new Once<Page | Done>()
  server.addHook('onClose', () => replays.stop())
  /** Those whose dead letters pages show. */
  const queues = PLACES.filter((place): place is Exclude<Place, typeof ROWS> => place !== ROWS).filter((queue) =>
    stores.queues.includes(queue),
  )

  const lettersOf = (queue: Queue) => reading(() => countLetters(context.broker, queue))

  const elsewhere = async (place: Place): Promise<Link | null> => {
    if (place !== ROWS) return { text: 'See the dead letters of all queues', href: '/console/dead-letters' }
    const letters = await Promise.all(queues.map(lettersOf))
    const known = letters.map(valueOf).filter((value) => value !== null)
    const total = known.reduce((sum, value) => sum + value, 0)
    const text =
      known.length < letters.length
        ? 'How many dead letters there are is not known: a queue does not answer. See the queues'
        : `There ${total === 1 ? 'is' : 'are'} ${total === 0 ? 'no dead letters' : counted(total, 'dead letter')}. See the queues`
    return { text, href: '/console/dead-letters' }
  }

  const showList = async (
    visit: Visit,
    wanted: Pick<ListContext, 'place' | 'filter' | 'after'> & Partial<Pick<ListContext, 'isAll'>>,
    errors: Page['errors'] = [],
  ): Promise<Page> => {
    const current = await revision('failures')
    const [found, link] = await Promise.all([failuresAt(stores, wanted.place), elsewhere(wanted.place)])
    const heading = wanted.place === ROWS ? 'Failures' : `Dead letters of ${wanted.place}`
    return {
      heading,
      template: 'failures',
      // A form with errors stays as it is.
      live: errors.length > 0 ? null : { view: 'failures', revision: current },
      section: 'Failures',
      ...(wanted.place !== ROWS && {
        breadcrumb: [
          { text: 'Failures', href: '/console/failures' },
          { text: 'Dead letters', href: '/console/dead-letters' },
        ],
      }),
      model: failuresModel(found, {
        isAll: false,
        ...wanted,
        elsewhere: link,
        mayOperate: visit.may('operator'),
        now: visit.now,
      }),
      errors,
      status: errors.length > 0 ? 400 : 200,
    }
  }

  page('/failures', async (visit) => {
    const { after, ...filter } = visit.query(LIST_QUERY)
    return showList(visit, { place: ROWS, filter, after })
  })

  page('/dead-letters', async () => {
    const current = await revision('failures')
    const letters = await Promise.all(queues.map(async (queue) => ({ queue, letters: await lettersOf(queue) })))
    return {
      heading: 'Dead letters',
      template: 'dead-letters',
      section: 'Failures',
      live: { view: 'failures', revision: current },
      breadcrumb: [{ text: 'Failures', href: '/console/failures' }],
      model: lettersModel(letters),
    }
  })

  page('/dead-letters/:queue', async (visit) => {
    const { queue } = visit.params(QUEUE_PARAMS)
    const place = queues.find((each) => each === queue)
    if (place === undefined) throw new RevalError('FAILURE_UNKNOWN', `no dead letters are kept for ${queue}`)
    const { after, ...filter } = visit.query(LIST_QUERY)
    return showList(visit, { place, filter, after })
  })

  page('/failures/:place/:key', async (visit) => {
    const { place, key } = visit.params(ONE_PARAMS)
    const hasValues = visit.query(VALUES_QUERY).values === 'yes'
    const failure = await showFailure(stores, `${place}/${key}`, { unmasked: hasValues })
    const isLetter = failure.message !== null
    return {
      heading: isLetter ? 'Dead letter' : 'Failure',
      template: 'failure',
      section: 'Failures',
      breadcrumb: [
        { text: 'Failures', href: '/console/failures' },
        ...(isLetter
          ? [
              { text: 'Dead letters', href: '/console/dead-letters' },
              { text: place, href: `/console/dead-letters/${encodeURIComponent(place)}` },
            ]
          : []),
      ],
      model: oneFailureModel(failure, { hasValues, mayOperate: visit.may('operator'), now: visit.now }),
    }
  })

  /** The failures that a form means. Throws STATE_CHANGED if one of those that were selected is gone. */
  const chosenOf = async ({ place, filter, ids }: Chosen): Promise<readonly FoundFailure[]> => {
    const { failures } = await failuresAt(stores, place)
    if (ids === null) return matching(failures, filter)
    const wanted = new Set(ids)
    const found = failures.filter(({ listed }) => wanted.has(listed.id))
    if (found.length < wanted.size) throw new RevalError('STATE_CHANGED', 'a failure was settled or discarded')
    return found
  }

  action('/failures/confirm', async (visit) => {
    const { place, which, ids, after, what, ...filter } = visit.form(CONFIRM_FORM)
    if (which === 'selected' && ids.length === 0) {
      const text = 'Select at least one, or select all that match'
      return showList(visit, { place, filter, after }, [{ field: 'which', text }])
    }
    const chosen: Chosen = { what, place, filter, ids: which === 'all' ? null : ids }
    return orChanged(visit, chosen, async () => {
      const found = await chosenOf(chosen)
      if (found.length === 0) throw new RevalError('STATE_CHANGED', 'none is left')
      return decisionPage(failureDecision(chosen, found), seenOfFailures(found))
    })
  })

  for (const what of ['replay', 'discard'] as const) {
    action(`/failures/${what}`, async (visit) => {
      const { place, which, ids, seen, request, why: typed, ...filter } = visit.form(ACT_FORM)
      const chosen: Chosen = { what, place, filter, ids: which === 'all' ? null : ids }
      const why = reasonIn(typed)
      return orChanged(visit, chosen, () => {
        if (what === 'discard' && reasonErrors(why, '').length > 0) return askAgain(chosen, seen, typed)
        return once.of(request, async () => {
          const found = await chosenOf(chosen)
          if (seenOfFailures(found) !== seen) throw new RevalError('STATE_CHANGED', 'other failures match now')
          return what === 'replay' ? replay(visit, chosen, found) : discard(visit, chosen, found, why)
        })
      })
    })
  }

  /** The same page again, with what was typed. */
  async function askAgain(chosen: Chosen, seen: string, typed: string): Promise<Page> {
    const decision = failureDecision(chosen, await chosenOf(chosen))
    return decisionPage(decision, seen, { why: typed, errors: reasonErrors(reasonIn(typed), decision.missing) })
  }

  async function replay(visit: Visit, { place, filter }: Chosen, found: readonly FoundFailure[]): Promise<Done> {
    const ids = found.map(({ listed }) => listed.id)
    const replayed = await replays.of(ids, visit.by, {
      waitMs: REPLAY_WAIT_MS,
      onLateError: (code, reason) => visit.request.log.error({ code, reason }, 'replay failed'),
    })
    const text =
      replayed === null
        ? `We are trying ${count(ids.length)} again. Refresh this page to see the results.`
        : replayedInWords(replayed)
    const kind = replayed?.some(({ outcome }) => outcome !== 'done') === false ? 'success' : 'information'
    return { to: placeHref(place, filter), banner: { kind, text } }
  }

  async function discard(
    visit: Visit,
    { place, filter }: Chosen,
    found: readonly FoundFailure[],
    why: string,
  ): Promise<Done> {
    // Failures of the run in progress are evidence for its checks, and stay.
    const ids = found.filter(({ listed }) => listed.generation !== 'in progress').map(({ listed }) => listed.id)
    const tools = { ...stores, clock: context.clock }
    const discarded = ids.length === 0 ? [] : await discardFailures(tools, { ids }, { by: visit.by, why })
    const left = found.length - discarded.length
    const rest =
      left === 0 ? '' : ` ${count(left)} of the run in progress ${left === 1 ? 'stays' : 'stay'} until it ends.`
    const text = `Discarded ${count(discarded.length)}.${rest}`
    return { to: placeHref(place, { ...filter, code: '' }), banner: { kind: 'success', text } }
  }

  /** The answer, or the page that says that something changed meanwhile. */
  async function orChanged<T>(visit: Visit, { place }: Chosen, work: () => Promise<T>): Promise<T | Page> {
    try {
      return await work()
    } catch (error) {
      const { code } = asRevalError(error)
      if (code !== 'STATE_CHANGED' && code !== 'FAILURE_UNKNOWN') throw error
      recordFailure(visit.request, error)
      return {
        heading: 'Something changed while you were deciding',
        template: 'error',
        section: 'Failures',
        status: 409,
        model: {
          paragraphs: [
            'Nothing was done. Some of them were settled or discarded, or others failed meanwhile.',
            'Look at what is open now, and decide again.',
          ],
          link: { text: place === ROWS ? 'Go to the failures' : 'Go to the dead letters', href: placeHref(place, {}) },
        },
      }
    }
  }
}
