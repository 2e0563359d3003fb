import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { ledgerFile } from '../../../src/adapters/run-ledger/sqlite/schema.ts'
import { openRunLedger } from '../../../src/adapters/run-ledger/sqlite/open.ts'
import { folderFor } from './sqlite-place.ts'

for (const { difference, code } of [
  { difference: -1, code: 'DATA_DIR_OLDER' },
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
