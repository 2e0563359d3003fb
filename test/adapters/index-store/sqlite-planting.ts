import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { partsToText, type PartsValues } from '../../../src/adapters/index-store/row-codec.ts'
import { storable } from '../../../src/adapters/index-store/sqlite/row-values.ts'
import { LIST_COLUMNS } from '../../../src/adapters/index-store/sqlite/list-columns.ts'
import { ListKeys } from '../../../src/adapters/index-store/sqlite/list-keys.ts'
import { areFilled, tableDayOf } from '../../../src/adapters/index-store/sqlite/table-schema.ts'
import { rowsIn } from '../../../src/adapters/index-store/sqlite/rows.ts'
import { assemble } from '../../../src/domain/assemble.ts'
import { belongsTo, documentIn, LIST_NAMES, type IndexDocument, type ListName } from '../../../src/domain/lists.ts'
import { gmcNumber } from '../../../src/domain/gmc-number.ts'
import { idOfWrite } from '../../../src/domain/row-differences.ts'
import { doctorRowId, type Row, type RowId } from '../../../src/domain/row.ts'
import type { StoreWrite } from '../../../src/ports/index-store.ts'
import { withPart, type Planted } from '../../contract/index-store/planting.ts'

export const SQLITE_KEYS: Readonly<Record<string, string>> = Object.fromEntries(
  ['number', ...LIST_COLUMNS].map((key) => [key, '7654321']),
)

/** The file of a generation. */
export function generationFile(directory: string, id: string): string {
  return join(directory, 'generations', `${encodeURIComponent(id)}.sqlite`)
}

/** Changes a row in the file of a generation, in a data directory, even if a process has it open. */
export function plantInFile(directory: string, generation: string, id: string, planted: Planted): Promise<void> {
  const file = new DatabaseSync(generationFile(directory, generation), { timeout: 5_000 })
  const set = (column: string, value: string | number | null) => {
    file.prepare(`UPDATE row SET ${column} = ? WHERE id = ?`).run(value, id)
  }
  try {
    switch (planted.change) {
      case 'delete':
        file.prepare('DELETE FROM row WHERE id = ?').run(id)
        break
      case 'add':
        add(file, planted.row)
        break
      case 'field':
        set(planted.field, columnValue(planted.value))
        break
      case 'key':
        set(planted.key, columnValue(planted.value))
        break
      case 'part': {
        const text = file.prepare('SELECT parts FROM row WHERE id = ?').get(id)?.parts
        // Written by the store.
        const values = JSON.parse(String(text)) as PartsValues
        set('parts', JSON.stringify(withPart(values, planted.part, planted.value)))
        break
      }
      case 'parts':
        set('parts', typeof planted.value === 'string' ? planted.value : JSON.stringify(planted.value))
        break
    }
    return Promise.resolve()
  } finally {
    file.close()
  }
}

/** Writes or removes a row in a table of a generation. */
export function plantInTableOf(
  directory: string,
  generation: string,
  list: ListName,
  id: string,
  document: IndexDocument | null,
): Promise<void> {
  return inFile(directory, generation, (file) => putInTable(file, list, id, document))
}

/**
 * Does to the tables of a generation, if they are filled, what these writes do: the first half of a write in a search engine. Not what
 * nothing would undo if the sources changed back (docs/decisions/16-refreshing.md, (e)).
 */
export function writeTablesOf(directory: string, generation: string, writes: readonly StoreWrite[]): Promise<void> {
  return inFile(directory, generation, (file) => {
    const day = tableDayOf(file)
    if (day === null || !areFilled(file)) return
    for (const write of writes.filter((each) => each.op !== 'create' || isIdOfItsNumber(each.row.id))) {
      const document = write.op === 'delete' ? null : assemble(write.row.parts)
      for (const list of LIST_NAMES) {
        const belongs = document !== null && belongsTo(list, document, day)
        putInTable(file, list, idOfWrite(write), belongs ? documentIn(list, document) : null)
      }
    }
  })
}

/** False for the row of a document whose `_id` is a number among white space: the key of a change has the number only. */
function isIdOfItsNumber(id: RowId): boolean {
  const number = id.startsWith('gmc-') ? gmcNumber(id.slice('gmc-'.length)) : null
  return number === null || id === doctorRowId(number)
}

function putInTable(file: DatabaseSync, list: ListName, id: string, document: IndexDocument | null): void {
  file.prepare(`DELETE FROM ${list} WHERE id = ?`).run(id)
  if (document === null) return
  const fields = Object.keys(document)
  const values = fields.map((field) => columnValue(document[field] ?? null))
  const columns = ['id', ...fields].join(', ')
  file.prepare(`INSERT INTO ${list} (${columns}) VALUES (?${', ?'.repeat(fields.length)})`).run(id, ...values)
}

function inFile(directory: string, generation: string, change: (file: DatabaseSync) => void): Promise<void> {
  const file = new DatabaseSync(generationFile(directory, generation), { timeout: 5_000 })
  try {
    change(file)
    return Promise.resolve()
  } finally {
    file.close()
  }
}

function add(file: DatabaseSync, { id, parts }: Row): void {
  file.exec('UPDATE progress SET seq = seq + 1')
  const seq = Number(file.prepare('SELECT seq FROM progress').get()?.seq)
  rowsIn(file).insert(seq, [id], [storable(id, partsToText(parts), new ListKeys(file))])
}

function columnValue(value: string | number | boolean | null): string | number | null {
  return typeof value === 'boolean' ? Number(value) : value
}
