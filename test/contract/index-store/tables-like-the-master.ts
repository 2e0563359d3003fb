import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { RowId } from '../../../src/domain/row.ts'
import type { GenerationId, IndexStore, StoreWrite, Token } from '../../../src/ports/index-store.ts'
import { parts } from './arbitraries.ts'
import { openPlace, withTables, type StoreFactory } from './place.ts'
import { assertTables, currentTables, tablesOf, whole } from './table-rows.ts'

const IDS: readonly RowId[] = ['tcs-1', 'tcs-2', 'gmc-1111111', 'gmc-"é\'\\']

const write = fc.record({
  op: fc.constantFrom('create' as const, 'create' as const, 'replace' as const, 'replace' as const, 'delete' as const),
  id: fc.constantFrom(...IDS),
  parts,
  isCurrent: fc.constantFrom(true, true, true, false),
})
type Write = typeof write extends fc.Arbitrary<infer T> ? T : never

const step = fc.oneof(
  { weight: 12, arbitrary: fc.uniqueArray(write, { selector: ({ id }) => id, minLength: 1 }) },
  { weight: 3, arbitrary: fc.constant('damage' as const) },
  { weight: 2, arbitrary: fc.constant('fill' as const) },
  { weight: 1, arbitrary: fc.constant('reopen' as const) },
)

async function rowsNow(store: IndexStore, id: GenerationId) {
  return (await store.get(id, IDS)).map(({ row }) => row)
}

async function send(store: IndexStore, id: GenerationId, writes: readonly Write[]): Promise<void> {
  const tokens = new Map((await store.get(id, IDS)).map(({ row, token }) => [row.id, token]))
  const token = ({ id: of, isCurrent }: Write): Token => {
    const [other] = [...tokens].filter(([each]) => each !== of)
    return (isCurrent ? tokens.get(of) : undefined) ?? other?.[1] ?? ''
  }
  const sent = writes.map((each): StoreWrite => {
    const row = { id: each.id, parts: each.parts }
    if (each.op === 'create') return { op: 'create', row }
    return each.op === 'replace'
      ? { op: 'replace', row, token: token(each) }
      : { op: 'delete', id: each.id, token: token(each) }
  })
  await store.write(id, sent)
}

/** For any sequence of writes and their outcomes, tables hold what the master's rows say, from the first filling on. */
export function tablesLikeTheMaster(factory: StoreFactory): void {
  test('tables are like the master, whatever is written', async (t) => {
    const place = await openPlace(t, factory)
    let { store } = place
    let runs = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 5 }),
        fc.array(step, { minLength: 2, maxLength: 12 }),
        async (before, after) => {
          const id = `run-${(runs += 1)}`
          await store.createGeneration(withTables(id))
          let isFilled = false
          for (const each of [...before, 'fill' as const, ...after]) {
            if (each === 'reopen') store = await place.reopen()
            else if (each === 'damage') {
              if (!isFilled) continue
              await place.plantInTable(id, 'exceptionindex', IDS[0] ?? '', { doctorLastName: 'Somebody else' })
              await place.plantInTable(id, 'connectedindex', IDS[1] ?? '', null)
              await store.mendTables(id, IDS)
            } else if (each === 'fill') {
              await store.makeVisible(id)
              await store.fillTables(id, whole())
              isFilled = true
            } else await send(store, id, each)
            const expected = tablesOf(isFilled ? await rowsNow(store, id) : [])
            assert.deepEqual(await currentTables(store, id, IDS), expected)
          }
          await assertTables(store, id, await rowsNow(store, id))
          await store.dropGeneration(id)
        },
      ),
      { numRuns: 8 },
    )
  })
}
