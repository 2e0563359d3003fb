import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { numberOfRow, type Row, type RowId } from '../../../src/domain/row.ts'
import type { Token } from '../../../src/ports/index-store.ts'
import { generation, openPlace, type StoreFactory } from './place.ts'
import { ONE, traineeRow, TWO } from './rows.ts'

type Step =
  | {
      readonly do: 'write'
      readonly writes: readonly {
        readonly op: 'create' | 'replace' | 'delete'
        readonly person: number
        readonly number: string
        readonly stale: boolean
      }[]
    }
  | { readonly do: 'makeVisible' }
  | { readonly do: 'reopen' }

const PERSON = fc.constantFrom(1, 2, 3, 4)
const STEP: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      writes: fc.uniqueArray(
        fc.record({
          op: fc.constantFrom('create' as const, 'replace' as const, 'delete' as const),
          person: PERSON,
          number: fc.constantFrom<string>(ONE, TWO, 'UNKNOWN'),
          stale: fc.boolean(),
        }),
        { selector: ({ person }) => person, minLength: 1, maxLength: 4 },
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('makeVisible' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const) }) },
)

const IDS: readonly RowId[] = ['tcs-1', 'tcs-2', 'tcs-3', 'tcs-4']

/** Whatever is written in whatever order, the store says what a simple memory says that remembers the port's words. */
export function likeAModel(factory: StoreFactory): void {
  test('a store is like a model of it', async (t) => {
    await fc.assert(
      fc.asyncProperty(fc.array(STEP, { minLength: 3, maxLength: 25 }), async (steps) => {
        const place = await openPlace(t, factory)
        try {
          let { store } = place
          await store.createGeneration(generation('g1'))
          const rows = new Map<RowId, Row>()
          const spent = new Map<RowId, Token>()
          /** Which numbers find which ids. */
          let visible = new Map<RowId, string>()
          for (const [at, step] of steps.entries()) {
            if (step.do === 'reopen') store = await place.reopen()
            else if (step.do === 'makeVisible') {
              await store.makeVisible('g1')
              visible = new Map([...rows].map(([id, row]) => [id, numberOfRow(row) ?? '']))
            } else {
              const tokens = new Map((await store.get('g1', IDS)).map(({ row, token }) => [row.id, token]))
              const expected: string[] = []
              const writes = step.writes.map(({ op, person, number, stale }) => {
                const id = `tcs-${person}`
                const row = traineeRow(person, number, `step ${at}`)
                const current = tokens.get(id)
                const token = (stale ? spent.get(id) : current) ?? '7.7'
                const isCurrent = current !== undefined && token === current
                if (op === 'create') {
                  expected.push(rows.has(id) ? 'exists' : 'written')
                  if (!rows.has(id)) rows.set(id, row)
                  return { op, row } as const
                }
                expected.push(isCurrent ? 'written' : 'conflict')
                if (isCurrent) {
                  spent.set(id, current)
                  if (op === 'replace') rows.set(id, row)
                  else rows.delete(id)
                }
                return op === 'replace' ? ({ op, row, token } as const) : ({ op, id, token } as const)
              })
              const outcomes = await store.write('g1', writes)
              assert.deepEqual(
                outcomes.map(({ status }) => status),
                expected,
              )
            }
            const got = await store.get('g1', IDS)
            assert.deepEqual(new Map(got.map(({ row }) => [row.id, row])), rows)
            for (const number of [ONE, TWO]) {
              const ids = (await store.findByNumbers('g1', [number])).map(({ row }) => row.id)
              const expected = [...visible].filter(([, its]) => its === number).map(([id]) => id)
              assert.deepEqual(ids.sort(), expected.sort())
            }
          }
        } finally {
          await place.dispose()
        }
      }),
      { numRuns: 12 },
    )
  })
}
