import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { backendsOf } from '../src/app/backends.ts'
import { readConfig } from '../src/config/config.ts'
import { environment } from '../src/config/read-settings.ts'
import { londonDay } from '../src/domain/day.ts'
import type { Field } from '../src/domain/fields.ts'
import { INDEX_FIELDS, INDEX_NAMES, type IndexDocument, type IndexName } from '../src/domain/lists.ts'

/** Documents per transaction; they are read before timing starts. */
const BATCH = 1_000

function valuesOf(fields: readonly Field[], document: IndexDocument): (string | number | null)[] {
  return fields.map((field) => {
    const value = document[field] ?? null
    return typeof value === 'boolean' ? Number(value) : value
  })
}

/**
 * Inserts every live document of the five indexes into five plain tables of an empty SQLite file: one column per field,
 * no key, no index, one prepared statement per table, a transaction per thousand, write-ahead log. Prints the
 * seconds of the inserts alone, as one line of JSON.
 */
const config = readConfig(environment())
const backends = await (await backendsOf(config)).openReader(config)
const folder = await mkdtemp(join(config.dataDirectory, 'plain-'))
const database = new DatabaseSync(join(folder, 'plain.sqlite'))
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -64000')

let seconds = 0
let documents = 0

function insert(statement: StatementSync, rows: readonly (string | number | null)[][]): void {
  const started = performance.now()
  database.exec('BEGIN')
  for (const row of rows) statement.run(...row)
  database.exec('COMMIT')
  seconds += (performance.now() - started) / 1000
  documents += rows.length
}

async function copy(index: IndexName): Promise<void> {
  const fields = INDEX_FIELDS[index]
  database.exec(`CREATE TABLE ${index} (${fields.join(', ')})`)
  const statement = database.prepare(`INSERT INTO ${index} VALUES (${fields.map(() => '?').join(', ')})`)
  let rows: (string | number | null)[][] = []
  for await (const document of backends.store.documents('live', index, londonDay(Date.now()))) {
    if (rows.push(valuesOf(fields, document)) < BATCH) continue
    insert(statement, rows)
    rows = []
  }
  insert(statement, rows)
}

for (const index of INDEX_NAMES) await copy(index)
const closing = performance.now()
database.close()
seconds += (performance.now() - closing) / 1000
await backends.close()
await rm(folder, { recursive: true })
console.log(JSON.stringify({ seconds, documents }))
