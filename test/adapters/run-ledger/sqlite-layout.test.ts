import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { ledgerFile } from '../../../src/adapters/run-ledger/sqlite/schema.ts'
import { openRunLedger } from '../../../src/adapters/run-ledger/sqlite/open.ts'
import { failure } from '../../contract/run-ledger/samples.ts'
import { folderFor } from './sqlite-place.ts'

for (const { difference, code } of [
  { difference: -2, code: 'DATA_DIR_OLDER' },
  { difference: 1, code: 'DATA_DIR_NEWER' },
]) {
  test(`a ledger of another version is rejected: ${code}`, async (t) => {
    const folder = folderFor(t)
    await (await openRunLedger(folder)).close()
    const database = new DatabaseSync(ledgerFile(folder))
    const version = Number(database.prepare('PRAGMA user_version').get()?.user_version)
    database.exec(`PRAGMA user_version = ${version + difference}`)
    database.close()
    const message = new RegExp(`ledger\\.sqlite has layout ${version + difference}`)
    await assert.rejects(openRunLedger(folder), { code, message })
  })
}

test('a ledger of the version before is upgraded, and keeps its failures', async (t) => {
  const folder = folderFor(t)
  await (await openRunLedger(folder)).close()
  const database = new DatabaseSync(ledgerFile(folder))
  database.exec('ALTER TABLE failure DROP COLUMN at; PRAGMA user_version = 3')
  database.exec(`INSERT INTO failure VALUES ('g1', 'trainees', 'tcs-1', 'r1', 'ROW_DATE_IMPOSSIBLE', 'of tcs-1')`)
  database.close()
  // Twice: the second opening finds it upgraded.
  for (let time = 1; time <= 2; time += 1) {
    const ledger = await openRunLedger(folder)
    assert.deepEqual(await ledger.failures('g1', 10), [failure('tcs-1', { at: null })])
    await ledger.close()
  }
})
