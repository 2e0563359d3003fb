import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { assemble } from '../../../src/domain/assemble.ts'
import { traineeRowId, type Row, type RowId } from '../../../src/domain/row.ts'
import type { GenerationId, IndexStore, StoreWrite, Token, WriteOutcome } from '../../../src/ports/index-store.ts'
import { aDoctor, aRow, TODAY } from '../../domain/examples.ts'
import { StoreModel } from './model.ts'
import { generation, openPlace, type StoreFactory } from './place.ts'
import { countsOf } from './profile-model.ts'
import { ONE, people, traineeRow, TWO } from './rows.ts'

const OWN: RowId = `gmc-${ONE}`
const PERSONS = [1, 2, 3]
const IDS: readonly RowId[] = [...PERSONS.map(traineeRowId), OWN]
/** Its token is also used for other rows. */
const STRANGER = aRow('gmc-9999999', { doctor: aDoctor({ gmcReferenceNumber: '9999999' }) })

/** Unique content of a row. A doctor without a trainee has its number in its id. */
function rowOf(id: RowId, number: string | null, name: string): Row {
  if (id === OWN) return aRow(id, { doctor: aDoctor({ gmcReferenceNumber: ONE, doctorFirstName: name }) })
  return traineeRow(Number(id.slice('tcs-'.length)), number, name)
}

const write = fc.record({
  op: fc.constantFrom('create' as const, 'replace' as const, 'delete' as const),
  id: fc.constantFrom(...IDS),
  number: fc.constantFrom<string | null>(ONE, TWO, 'UNKNOWN', null),
  /** The origin of the token. */
  token: fc.constantFrom('get' as const, 'get' as const, 'search' as const, 'spent' as const),
})
type Write = typeof write extends fc.Arbitrary<infer T> ? T : never

const step = fc.oneof(
  { weight: 24, arbitrary: fc.uniqueArray(write, { selector: ({ id }) => id, minLength: 1 }) },
  { weight: 10, arbitrary: fc.constant('makeVisible' as const) },
  { weight: 1, arbitrary: fc.constant('reopen' as const) },
)

/** A generation and its model. */
class Compared {
  readonly id: GenerationId
  readonly #model = new StoreModel()
  readonly #spent = new Map<RowId, Token>()
  #writes = 0

  constructor(id: GenerationId) {
    this.id = id
  }

  async write(store: IndexStore, writes: readonly Write[]): Promise<void> {
    const got = new Map((await store.get(this.id, IDS)).map(({ row, token }) => [row.id, token]))
    const searched = await store.findByNumbers(this.id, [ONE, TWO])
    const found = new Map(searched.map(({ row, token }) => [row.id, token]))
    const asFound = new Set(searched.filter(({ row }) => this.#model.isCurrent(row)).map(({ row }) => row.id))
    const foreign = (await store.get(this.id, [STRANGER.id]))[0]?.token ?? ''
    const expected: WriteOutcome['status'][] = []
    const sent = writes.map(({ op, id, number, token: from }): StoreWrite => {
      const row = rowOf(id, number, `write ${(this.#writes += 1)}`)
      if (op === 'create') {
        expected.push(this.#model.create(row))
        return { op, row }
      }
      const offered = { get: got, search: found, spent: this.#spent }[from].get(id)
      const token = offered ?? foreign
      const current = offered !== undefined && (from === 'get' || (from === 'search' && asFound.has(id)))
      if (current) this.#spent.set(id, token)
      expected.push(op === 'replace' ? this.#model.replace(row, current) : this.#model.delete(id, current))
      return op === 'replace' ? { op, row, token } : { op: 'delete', id, token }
    })
    const outcomes = await store.write(this.id, sent)
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      expected,
    )
  }

  async makeVisible(store: IndexStore): Promise<void> {
    await store.makeVisible(this.id)
    this.#model.makeVisible()
    const visible = [...this.#model.rows.values(), STRANGER]
    const documents = visible.map(({ parts }) => assemble(parts))
    assert.deepEqual(await store.count(this.id, TODAY), countsOf(documents, TODAY))
    const persons = visible.flatMap(({ parts }) => parts.trainee?.tcsPersonId ?? [])
    const shown = await people(store, this.id)
    assert.deepEqual(
      shown.filter((person) => person !== undefined),
      persons.sort((a, b) => a - b),
    )
  }

  async look(store: IndexStore): Promise<void> {
    const got = await store.get(this.id, IDS)
    assert.deepEqual(new Map(got.map(({ row }) => [row.id, row])), this.#model.rows)
    for (const { row, document } of got) assert.deepEqual(document, assemble(row.parts))
    for (const number of [ONE, TWO]) {
      const found = await store.findByNumbers(this.id, [number])
      this.#model.assertFound(
        number,
        found.map(({ row }) => row),
      )
      for (const { row, document } of found) assert.deepEqual(document, assemble(row.parts))
    }
  }
}

/** For any sequence of writes, the store behaves like a simple model of the port's contract. */
export function likeAModel(factory: StoreFactory): void {
  test('a store behaves like its model', async (t) => {
    const place = await openPlace(t, factory)
    let { store } = place
    let runs = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
        const compared = new Compared(`run-${(runs += 1)}`)
        await store.createGeneration(generation(compared.id))
        await store.write(compared.id, [{ op: 'create', row: STRANGER }])
        for (const each of steps) {
          if (each === 'reopen') store = await place.reopen()
          else if (each === 'makeVisible') await compared.makeVisible(store)
          else await compared.write(store, each)
          await compared.look(store)
        }
      }),
      { numRuns: 16 },
    )
  })
}
