import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DatabaseSync } from 'node:sqlite'
import { listOf } from '../../../src/domain/list-matching.ts'
import { LISTS } from '../../../src/domain/list-query.ts'
import { generationFile } from '../../adapters/index-store/sqlite-planting.ts'
import { listQuery } from '../../contract/list-reader/asking.ts'
import { DAY, runToEnd, Workplace } from './workplace.ts'

test('the lists of a run that went live are those of its rows, and were made readable', async (t) => {
  const place = await Workplace.make(t)
  await place.loadSample()
  const run = await runToEnd(await place.start())
  const { generation, state, failure } = run
  assert.equal(state, 'live', failure?.reason)
  assert.ok(generation !== null)
  await place.reading(async ({ store, listReader }) => {
    const scanned = (await Array.fromAsync(store.rows(generation))).flat()
    const rows = scanned.map((row) => ({ id: row.id, document: row.read().document }))
    for (const list of LISTS) {
      const query = listQuery({ list, order: { column: 'submissionDate', direction: 'asc' } })
      const expected = listOf(rows, query, DAY).map(({ id }) => id)
      assert.ok(expected.length > 0, list)
      const { rows: page, total } = await listReader.page(generation, query, DAY, { offset: 0, size: 1_000 })
      assert.equal(total, expected.length)
      assert.deepEqual(
        page.map(({ id }) => id),
        expected.slice(0, 1_000),
      )
    }
  })
  const file = new DatabaseSync(generationFile(place.directory, generation), { readOnly: true })
  t.after(() => file.close())
  const indexes = file.prepare(`SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'row' ORDER BY name`)
  assert.deepEqual(
    indexes.all().map(({ name }) => name),
    ['row_id', 'row_listed', 'row_number', 'row_owned'],
  )
})
