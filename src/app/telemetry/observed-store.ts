import type { GenerationId, IndexStore, StoreWrite, WriteOutcome } from '../../ports/index-store.ts'
import type { Observer } from './observer.ts'

/** The index store; streams of rows are passed on as they are. */
export function observedStore(store: IndexStore, observer: Observer): IndexStore {
  const call = <T>(
    operation: string,
    generation: GenerationId | null,
    action: () => Promise<T>,
    attributes: Readonly<Record<string, number>> = {},
  ): Promise<T> => {
    const span = { name: `index store: ${operation}`, attributes, ...(generation !== null && { generation }) }
    return observer.call({ to: 'index store', metric: 'storeSeconds', labels: { operation }, span }, action)
  }
  return {
    createGeneration: (made, guard) => call('create generation', made.id, () => store.createGeneration(made, guard)),
    generations: () => store.generations(),
    dropGeneration: (id, guard) => call('drop generation', id, () => store.dropGeneration(id, guard)),
    takeOver: (generations, term, guard) => call('take over', null, () => store.takeOver(generations, term, guard)),
    write: async (generation, writes, guard) => {
      const outcomes = await call('write', generation, () => store.write(generation, writes, guard), {
        'reval.rows': writes.length,
      })
      countRows(observer, writes, outcomes)
      return outcomes
    },
    get: (generation, ids) => call('get', generation, () => store.get(generation, ids), { 'reval.rows': ids.length }),
    findByNumbers: (generation, numbers) =>
      call('find by number', generation, () => store.findByNumbers(generation, numbers), {
        'reval.keys': numbers.length,
      }),
    makeVisible: (generation) => call('make visible', generation, () => store.makeVisible(generation)),
    count: (generation, today) => call('count', generation, () => store.count(generation, today)),
    profile: (generation, today) => call('profile', generation, () => store.profile(generation, today)),
    documents: (from, index, today) => store.documents(from, index, today),
    makeReadable: (generation, guard) => call('make readable', generation, () => store.makeReadable(generation, guard)),
    fillTables: (generation, options, guard) =>
      call('fill tables', generation, () => store.fillTables(generation, options, guard)),
    countTables: (generation) => call('count tables', generation, () => store.countTables(generation)),
    tableRows: (generation, list) => store.tableRows(generation, list),
    tableRowsOf: (generation, list, ids) => store.tableRowsOf(generation, list, ids),
    mendTables: (generation, ids, guard) =>
      call('mend tables', generation, () => store.mendTables(generation, ids, guard), { 'reval.rows': ids.length }),
    rows: (generation) => store.rows(generation),
    promote: (to, from, guard) => call('move aliases', to, () => store.promote(to, from, guard)),
    liveAliases: () => store.liveAliases(),
    foreignCounts: () => store.foreignCounts(),
    adoptIndexes: (id, createdAt, guard) => call('adopt indexes', id, () => store.adoptIndexes(id, createdAt, guard)),
    releaseIndexes: (id, guard) => call('release indexes', id, () => store.releaseIndexes(id, guard)),
    space: () => store.space(),
    ping: () => store.ping(),
    close: () => store.close(),
  }
}

function countRows({ metrics }: Observer, writes: readonly StoreWrite[], outcomes: readonly WriteOutcome[]): void {
  if (metrics === null) return
  const counts = new Map<string, { operation: string; outcome: string; rows: number }>()
  outcomes.forEach(({ status: outcome }, at) => {
    const operation = writes[at]?.op ?? ''
    const known = counts.get(operation + outcome)
    if (known === undefined) counts.set(operation + outcome, { operation, outcome, rows: 1 })
    else known.rows += 1
  })
  for (const { rows, ...labels } of counts.values()) metrics.count('rowsWritten', labels, rows)
}
