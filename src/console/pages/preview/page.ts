import type { FastifyReply } from 'fastify'
import { csvOf } from '../../../app/comparison-output.ts'
import { sendCsv } from '../../../app/http/csv-download.ts'
import { read } from '../../../app/http/requests.ts'
import { rowDifference } from '../../../domain/comparison.ts'
import { inChunks } from '../../../domain/chunks.ts'
import type { Run, RunId } from '../../../ports/run-ledger.ts'
import { readInstallation, readRun } from '../../../sync/records.ts'
import { pageInTitle } from '../../components/pagination.ts'
import type { ConsoleScope } from '../../frame/console-scope.ts'
import type { Done, Live, Page } from '../../frame/page.ts'
import type { Visit } from '../../frame/visit.ts'
import { runName, runPath } from '../../runs/run-name.ts'
import { LIST_NAMES } from '../../words/lists.ts'
import { count, counted } from '../../words/numbers.ts'
import {
  indexOf,
  NO_BODY,
  PREVIEW_PARAMS,
  previewPath,
  ROWS_PARAMS,
  ROWS_QUERY,
  rowsHref,
  type RowsAddress,
} from './address.ts'
import type { ComparisonJobs } from './comparison-jobs.ts'
import { type Compared, type ComparisonState } from './comparison-jobs.ts'
import { isShown, type MovedRow } from './moved-rows.ts'
import { pagesOf, rowsModel, ROWS_PER_PAGE, type RowSides } from './rows-model.ts'
import { previewOf, type PreviewOf } from './sides.ts'
import { summaryModel } from './summary-model.ts'

/** A comparison that takes longer has a page of its own meanwhile. */
const WAIT_MS = 1_500
/** How many rows of a download are read at once. */
const ROWS_AT_ONCE = 500

type Comparable = Extract<PreviewOf, { before: unknown }>

/** Who would enter and leave each list if a run went live, by designated body; and what the run that is live changed. */
export function addPreviewPages(
  { page, action, server, worker, config, revision }: ConsoleScope,
  jobs: ComparisonJobs,
): void {
  const { context } = worker
  const { ledger, store } = context
  const { bodies } = config.rules
  server.addHook('onClose', () => jobs.stop())

  const readPreview = async (id: RunId) => {
    const run = await readRun(ledger, id)
    return { run, of: previewOf(id, await readInstallation(ledger)) }
  }
  const runOf = async (id: RunId): Promise<Run | null> => (await ledger.read('run', id))?.value ?? null

  page('/runs/:id/preview', async (visit) => {
    const { id } = visit.params(PREVIEW_PARAMS)
    const live: Live = { view: 'preview', run: id, revision: await revision('preview', id) }
    const { run, of } = await readPreview(id)
    const shared = { ...frameOf(run, headingOf(of)), template: 'preview', live }
    const actions = of.kind === 'held back' && visit.may('operator') ? actionsFor(run) : []
    const text = await plainText(run, of)
    if (text !== null) return { ...shared, model: { text, summary: null, actions, again: null } }

    const known = await summaryOf(run, of)
    if (known === null && isComparable(of)) {
      const state = await jobs.of(sidesOf(of), WAIT_MS)
      if (state.kind !== 'done') return working(run, of, state)
    }
    const found = known ?? (await summaryOf(run, of))
    const other = isComparable(of) ? of.before.run : (run.comparison?.with.run ?? '')
    const compared = await runOf(other)
    const summary =
      found &&
      summaryModel(found.summary, {
        run,
        of: of.kind,
        other: compared,
        at: found.at,
        hasRows: isComparable(of),
        bodies,
        before: compared?.evidence?.profile.bodies ?? null,
        now: visit.now,
      })
    const again = isComparable(of) ? `${previewPath(run.id)}/again` : null
    return { ...shared, model: { text: null, summary, actions, again, mayNot: mayNotText(visit, of) } }
  })

  action('/runs/:id/preview/again', async (visit) => {
    const { run, of } = await readPreview(visit.params(PREVIEW_PARAMS).id)
    if (isComparable(of)) {
      jobs.forget(sidesOf(of))
      await jobs.of(sidesOf(of), WAIT_MS)
    }
    return { to: previewPath(run.id) }
  })

  page('/runs/:id/preview/:list', async (visit): Promise<Page | Done> => {
    const address = { ...visit.params(ROWS_PARAMS), ...visit.query(ROWS_QUERY) }
    const { run, of } = await readPreview(address.id)
    if (!isComparable(of)) return { to: previewPath(run.id) }
    const state = await jobs.of(sidesOf(of), WAIT_MS)
    if (state.kind !== 'done') return working(run, of, state)
    const { compared } = state
    const found = rowsIn(compared, address)
    const pages = pagesOf(found)
    if (address.page > pages) return { to: rowsHref({ ...address, page: pages }) }
    const from = (address.page - 1) * ROWS_PER_PAGE
    const shown = await sidesOfRows(of, found.slice(from, from + ROWS_PER_PAGE))
    const heading = `${LIST_NAMES[indexOf(address.list)]} list: what ${of.kind === 'live' ? 'changed' : 'would change'}`
    return {
      ...frameOf(run, heading),
      title: `${heading}${pageInTitle({ page: address.page, pages })}`,
      breadcrumb: [
        { text: 'Runs', href: '/console/runs' },
        { text: runName(run), href: runPath(run.id) },
        { text: headingOf(of), href: previewPath(run.id) },
      ],
      template: 'preview-rows',
      model: rowsModel(address, found, shown, { day: compared.day, bodies, hasAll: compared.hasAll }),
    }
  })

  server.get('/runs/:id/preview/:list/download', async (request, reply): Promise<FastifyReply> => {
    const address = { ...read(ROWS_PARAMS, request.params), ...read(ROWS_QUERY, request.query) }
    const name = `${address.list}-${address.side}`
    if (request.method === 'HEAD') return sendCsv(request, reply, name, [])
    const { of } = await readPreview(address.id)
    const compared = isComparable(of) ? jobs.known(sidesOf(of)) : null
    if (!isComparable(of) || compared === null) return reply.redirect(previewPath(address.id), 303)
    return sendCsv(request, reply, name, csvOf(differencesOf(of, rowsIn(compared, address))))
  })

  /** The two sides of these rows, as they are now. */
  async function sidesOfRows({ before, after }: Comparable, rows: readonly MovedRow[]): Promise<readonly RowSides[]> {
    const ids = rows.map(({ id }) => id)
    const [old, present] = await Promise.all([store.get(before.generation, ids), store.get(after.generation, ids)])
    const byId = (stored: typeof old) => new Map(stored.map((each) => [each.row.id, each]))
    const [olds, presents] = [byId(old), byId(present)]
    return ids.map((id) => ({ id, before: olds.get(id) ?? null, after: presents.get(id) ?? null }))
  }

  async function* differencesOf(of: Comparable, rows: readonly MovedRow[]) {
    for (const some of inChunks(rows, ROWS_AT_ONCE)) {
      const sides = await sidesOfRows(of, some)
      yield sides.flatMap(({ before, after }) =>
        before === null && after === null ? [] : (rowDifference(before, after) ?? []),
      )
    }
  }

  /** The figures that are known: of the latest comparison, or those kept with the run. */
  async function summaryOf(run: Run, of: PreviewOf): Promise<Pick<Compared, 'summary' | 'at'> | null> {
    if (!isComparable(of)) return run.comparison
    const compared = jobs.known(sidesOf(of))
    if (compared !== null) return compared
    const { comparison } = run
    return of.kind !== 'previous' && comparison?.with.generation === of.before.generation ? comparison : null
  }

  /** What there is to say if there is nothing to compare; null if there is. */
  async function plainText(run: Run, of: PreviewOf): Promise<string | null> {
    switch (of.kind) {
      case 'in progress':
        return 'This run still builds its lists. Once it is held back, you can see here what would change.'
      case 'first':
        return `Nothing is live yet, so every doctor would be new: ${counted(run.evidence?.profile.indexes.masterdoctorindex, 'row')}.`
      case 'gone':
        return run.comparison === null
          ? 'What this run built, or what it would be compared with, is no longer kept, so it cannot be compared.'
          : null
      default:
        return null
    }
  }

  async function working(run: Run, of: Comparable, state: ComparisonState): Promise<Page> {
    if (state.kind === 'failed') throw state.error
    const current = await revision('preview-working')
    const all = (await runOf(of.after.run))?.evidence?.profile.indexes.masterdoctorindex ?? null
    const rows = state.kind === 'working' ? state.rows : 0
    return {
      ...frameOf(run, headingOf(of)),
      template: 'preview-working',
      live: { view: 'preview-working', revision: current },
      model: {
        text: 'We are working out the differences. This takes about 20 seconds for 100,000 doctors.',
        progress: all === null ? `${counted(rows, 'row')} so far` : `${count(rows)} of ${counted(all, 'row')}`,
        rows,
        all,
      },
    }
  }
}

function isComparable(of: PreviewOf): of is Comparable {
  return 'before' in of
}

function sidesOf({ before, after }: Comparable) {
  return { before: before.generation, after: after.generation }
}

function rowsIn({ rows }: Compared, { list, side, body, q }: RowsAddress): readonly MovedRow[] {
  const code = body === '' ? null : body === NO_BODY ? '' : body
  return rows.filter((row) => isShown(row, { list: indexOf(list), move: side, body: code, q: q.trim() }))
}

function headingOf({ kind }: PreviewOf): string {
  if (kind === 'live') return 'What the last run changed'
  return kind === 'gone' ? 'What the run changed' : 'What would change'
}

function frameOf(run: Run, heading: string): Pick<Page, 'heading' | 'section' | 'breadcrumb'> {
  return {
    heading,
    section: 'Runs',
    breadcrumb: [
      { text: 'Runs', href: '/console/runs' },
      { text: runName(run), href: runPath(run.id) },
    ],
  }
}

function actionsFor({ id }: Run) {
  return [
    { text: 'Make it live', href: `${runPath(id)}/promote`, isPrimary: true },
    { text: 'Discard it', href: `${runPath(id)}/discard`, isPrimary: false },
  ]
}

function mayNotText(visit: Visit, { kind }: PreviewOf): string | null {
  return kind === 'held back' && !visit.may('operator') ? 'Only operators can make it live or discard it.' : null
}
