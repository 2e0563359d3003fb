import * as z from 'zod'
import { explainContext } from '../../../app/explain-context.ts'
import { explainView } from '../../../app/explain-view.ts'
import { PATH_TEXT, textUpTo } from '../../../app/http/requests.ts'
import { explain } from '../../../sync/explain/explain.ts'
import { askResync } from '../../../sync/resync/ask-resync.ts'
import { keysOf } from '../../../sync/resync/resync-keys.ts'
import type { ConsoleScope } from '../../frame/console-scope.ts'
import type { Done, Page } from '../../frame/page.ts'
import { reading } from '../../frame/reading.ts'
import { doctorHref } from '../lists/columns.ts'
import { isTooLong, LONGEST_SEARCH } from '../lists/list-address.ts'
import { readChanges, readRow, type KeptRow } from './read-row.ts'
import { repaired } from './repaired.ts'
import { rowModel } from './row-model.ts'
import { searchDoctors } from './search.ts'
import { foundModel, NO_SEARCH, notFoundModel, type SearchModel } from './search-model.ts'
import { sourcesModel } from './sources-model.ts'

const SEARCH = z.object({ q: z.string().default('') })
const ROW = z.object({ rowId: PATH_TEXT })
const AS = z.object({ as: textUpTo(20).default('') })
/** How long a person waits for the writer, which finishes what takes longer. */
const REPAIR_TIMEOUT_MS = 20_000

const KEY = z.object({ q: textUpTo(128).min(1) })

/** Looking up a doctor: a search, one row, what the sources have now, and a repair. */
export function addDoctorPages({ page, action, worker, config }: ConsoleScope): void {
  const { context, lists, integration } = worker
  const { bodies } = config.rules
  const shared = {
    section: 'Look up a doctor',
    back: { text: 'Look up another doctor', href: '/console/doctors' },
  } as const

  const searchPage = (model: SearchModel, more: Partial<Page> = {}): Page => ({
    heading: 'Look up a doctor',
    template: 'doctors',
    section: 'Look up a doctor',
    model,
    ...more,
  })

  /** The page of a search without results. */
  const notFound = async (q: string, now: number, keptIn: readonly string[] = []): Promise<Page> => {
    const [failures, changes] = await Promise.all([
      reading(async () => (await context.ledger.failuresOfKeys(failureKeys(q))).length),
      reading(() => readChanges(context)),
    ])
    const model = notFoundModel(q, { now, failures, changes, trainees: context.settings.trainees, keptIn })
    return searchPage(model, { heading: 'No doctor found' })
  }

  page('/doctors', async (visit): Promise<Page | Done> => {
    const { q } = visit.query(SEARCH)
    if (isTooLong(q)) {
      const errors = [{ field: 'q', text: `Search for at most ${LONGEST_SEARCH} characters` }]
      return searchPage({ ...NO_SEARCH, q }, { status: 400, errors })
    }
    if (q.trim() === '') return searchPage(NO_SEARCH)
    const result = await searchDoctors(lists.live, context.store, q)
    const [only, ...others] = result.rows
    if (only === undefined) return notFound(q, visit.now)
    if (others.length === 0 && result.isComplete) return { to: doctorHref(only.id) }
    return searchPage(foundModel(q, result, bodies))
  })

  page('/doctors/sources', async (visit) => {
    const { q } = visit.query(KEY)
    const view = explainView(await explain(explainContext(worker), q))
    return {
      ...shared,
      heading: 'What the sources have now',
      template: 'sources',
      model: sourcesModel(view, { bodies, mayRepair: visit.may('operator') }),
    }
  })

  page('/doctors/:rowId', async (visit) => {
    const { rowId } = visit.params(ROW)
    const { as } = visit.query(AS)
    const { stored, ...facts } = await readRow(context, rowId)
    if (stored === null) return { ...(await notFound(rowId, visit.now, keptIn(facts.kept))), status: 404 }
    const model = rowModel(
      { ...facts, stored },
      {
        now: visit.now,
        bodies,
        unconnected: config.lists.unconnected,
        as: as === '' ? null : as,
        mayRepair: visit.may('operator'),
      },
    )
    return { ...shared, heading: 'Doctor', template: 'doctor', model }
  })

  page('/doctors/:rowId/repair', async (visit) => {
    const { rowId } = visit.params(ROW)
    keysOf(rowId)
    return {
      section: 'Look up a doctor',
      back: { text: 'Doctor', href: doctorHref(rowId) },
      heading: 'Repair this doctor',
      template: 'repair',
      model: { rowId, action: `${doctorHref(rowId)}/repair`, leave: doctorHref(rowId) },
    }
  })

  action('/doctors/:rowId/repair', async (visit) => {
    const { rowId } = visit.params(ROW)
    keysOf(rowId)
    const asking = { scope: { keys: [rowId] }, by: visit.by, why: '', timeoutMs: REPAIR_TIMEOUT_MS }
    const result = await askResync(context, asking, visit.signal, () => integration?.wake())
    return { to: doctorHref(rowId), banner: repaired(result) }
  })
}

/** The kept generations that have the row. */
function keptIn(kept: readonly KeptRow[]): readonly string[] {
  return kept.flatMap(({ run, stored }) => (stored.known && stored.value !== null ? [run.kept] : []))
}

/** The keys that failures of what was searched can have. */
function failureKeys(q: string): readonly string[] {
  const text = q.trim()
  return /^\d+$/.test(text) ? [`tcs-${text}`, `gmc-${text}`] : [text]
}
