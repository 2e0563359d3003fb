import type { Day } from '../../../../domain/day.ts'
import { byList, LIST_NAMES, type IndexName, type ListName } from '../../../../domain/lists.ts'
import type { GenerationCounts, Profile } from '../../../../domain/profile.ts'
import type { Engine } from '../../../opensearch/engine.ts'
import { aggregate, countRows, type DocCount } from '../count.ts'
import { indexBehind, type GenerationIndexes } from '../generation-indexes.ts'
import { profileRows } from '../profile.ts'

type Lists = Pick<GenerationCounts, 'indexes' | 'withReason'>

/** The counts of a generation that the Java services built: their lists are indexes of their own, which need not agree with the master. */
export async function javaCounts(engine: Engine, generation: GenerationIndexes, today: Day): Promise<GenerationCounts> {
  const [master, lists] = await Promise.all([countRows(engine, generation.master, today), listsOf(engine, generation)])
  return { ...master, ...withLists(master, lists) }
}

/** Its profile. Only the exception index has reasons. */
export async function javaProfile(engine: Engine, generation: GenerationIndexes, today: Day): Promise<Profile> {
  const [master, lists] = await Promise.all([
    profileRows(engine, generation.master, today),
    listsOf(engine, generation),
  ])
  const counts = withLists(master, lists)
  return { ...master, ...counts, fields: { ...master.fields, exceptionReason: counts.withReason } }
}

function withLists({ indexes: { masterdoctorindex } }: GenerationCounts, { rows, withReason }: ListFigures): Lists {
  return { indexes: { masterdoctorindex, ...rows } satisfies Record<IndexName, number>, withReason }
}

interface ListFigures {
  readonly rows: Readonly<Record<ListName, number>>
  readonly withReason: number
}

async function listsOf(engine: Engine, generation: GenerationIndexes): Promise<ListFigures> {
  const reason = { reason: { filter: { exists: { field: 'exceptionReason' } } } }
  const counted = await Promise.all(
    LIST_NAMES.map(async (list) => {
      const index = indexBehind(generation, list)
      if (index === undefined) return [list, { rows: 0, withReason: 0 }] as const
      const { hits, aggregations } = await aggregate<{ readonly reason: DocCount }>(engine, index, reason)
      return [list, { rows: hits.total.value, withReason: aggregations.reason.doc_count }] as const
    }),
  )
  const figures = new Map(counted)
  return {
    rows: byList((list) => figures.get(list)?.rows ?? 0),
    withReason: figures.get('exceptionindex')?.withReason ?? 0,
  }
}
