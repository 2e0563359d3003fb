import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { GenerationNames } from '../../../src/adapters/index-store/opensearch/generation-names.ts'
import { tablesToDrop } from '../../../src/adapters/index-store/opensearch/tables/table-indexes.ts'
import { LIST_NAMES, type ListName } from '../../../src/domain/lists.ts'

const prefix = fc.constantFrom(
  '',
  'x-',
  'x-y-',
  'reval-',
  'reval-list-',
  'reval-list-connectedindex-',
  'reval-generation-',
)
const id = fc.stringMatching(/^[a-z0-9][a-z0-9_.-]{0,12}$/)
const filling = fc.stringMatching(/^[a-z0-9]{1,8}$/)
const list = fc.constantFrom(...LIST_NAMES)

test('the index of a table tells its list and generation, and no other index looks like it', () => {
  fc.assert(
    fc.property(prefix, list, id, filling, (own, name, generation, number) => {
      const names = new GenerationNames(own)
      assert.deepEqual(names.partOf(names.tableIndex(name, generation, number)), { generation, name })
      assert.deepEqual(names.partOf(names.index(generation)), { generation, name: 'masterdoctorindex' })
      for (const alias of [
        names.table(name, generation),
        names.fillingAlias(names.tableIndex(name, generation, number)),
      ])
        assert.notEqual(names.partOf(alias)?.generation, generation)
      assert.notEqual(
        names.tableWriteAlias(name, generation, 1),
        names.tableWriteAlias(name, generation, 1).toLowerCase(),
      )
    }),
  )
})

/** An index of a table as the engine describes it. */
const described = (names: GenerationNames, name: ListName, generation: string) => ({
  [names.tableIndex(name, generation, '1')]: { mappings: { _meta: { generation, list: name } } },
})
const meta = (generation: string) => ({ generation, createdAt: 1, assembleVersion: 1, layout: 1 })

test('a drop takes the tables of the generation and those without one, never those of another installation', () => {
  fc.assert(
    fc.property(prefix, prefix, id, id, list, (own, other, one, two, name) => {
      fc.pre(own !== other && one !== two)
      const [names, others] = [new GenerationNames(own), new GenerationNames(other)]
      const kept = `${two}-kept`
      fc.pre(one !== kept)
      const indexes = {
        [names.index(kept)]: { mappings: { _meta: meta(kept) } },
        ...described(names, name, kept),
        ...described(names, name, one),
        ...described(names, name, `${one}-gone`),
        ...described(others, name, one),
        ...described(others, name, two),
      }
      assert.deepEqual(
        [...tablesToDrop(names, indexes, one)].sort(),
        [names.tableIndex(name, one, '1'), names.tableIndex(name, `${one}-gone`, '1')].sort(),
      )
    }),
  )
})
