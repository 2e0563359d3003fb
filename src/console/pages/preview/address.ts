import * as z from 'zod'
import type { Move } from '../../../domain/comparison-tally.ts'
import type { IndexName } from '../../../domain/lists.ts'
import { PATH_TEXT, textUpTo } from '../../../app/http/requests.ts'
import { runPath } from '../../runs/run-name.ts'

/** The lists of a preview, by their names in addresses. */
export const PREVIEW_LISTS = ['master', 'recommendation', 'connected', 'disconnected', 'exception'] as const
export type PreviewList = (typeof PREVIEW_LISTS)[number]

const INDEXES: Readonly<Record<PreviewList, IndexName>> = {
  master: 'masterdoctorindex',
  recommendation: 'recommendationindex',
  connected: 'connectedindex',
  disconnected: 'disconnectedindex',
  exception: 'exceptionindex',
}

export function indexOf(list: PreviewList): IndexName {
  return INDEXES[list]
}

export const MOVES = ['enter', 'leave', 'change'] as const satisfies readonly Move[]
/** In addresses, for rows without a designated body. */
export const NO_BODY = 'none'

export const PREVIEW_PARAMS = z.object({ id: PATH_TEXT })
export const ROWS_PARAMS = z.object({ id: PATH_TEXT, list: z.enum(PREVIEW_LISTS) })
export const ROWS_QUERY = z.object({
  side: z.enum(MOVES).default('enter'),
  body: textUpTo(200).default(''),
  q: textUpTo(256).default(''),
  page: z.coerce.number().int().min(1).max(100_000).default(1),
})

export type RowsAddress = z.infer<typeof ROWS_PARAMS> & z.infer<typeof ROWS_QUERY>

export function previewPath(run: string): string {
  return `${runPath(run)}/preview`
}

/** The address of a page of rows, defaults left out; `path` is added to that of the list. */
export function rowsHref({ id, list, ...query }: RowsAddress, path = ''): string {
  const defaults = ROWS_QUERY.parse({})
  const set = new URLSearchParams({ side: query.side })
  for (const name of ['body', 'q', 'page'] as const) {
    if (query[name] !== defaults[name]) set.set(name, String(query[name]))
  }
  return `${previewPath(id)}/${list}${path}?${set.toString()}`
}
