import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { partsToText, type PartsValues } from '../../../src/adapters/index-store/row-codec.ts'
import { storable } from '../../../src/adapters/index-store/sqlite/row-values.ts'
import { LIST_COLUMNS } from '../../../src/adapters/index-store/sqlite/list-columns.ts'
import { ListKeys } from '../../../src/adapters/index-store/sqlite/list-keys.ts'
import { rowsIn } from '../../../src/adapters/index-store/sqlite/rows.ts'
import type { IndexDocument, ListName } from '../../../src/domain/lists.ts'
import type { Row } from '../../../src/domain/row.ts'
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
  const file = new DatabaseSync(generationFile(directory, generation), { timeout: 5_000 })
  try {
    file.prepare(`DELETE FROM ${list} WHERE id = ?`).run(id)
    if (document !== null) {
      const fields = Object.keys(document)
      const columns = ['id', ...fields].join(', ')
      const values = fields.map((field) => columnValue(document[field] ?? null))
      file.prepare(`INSERT INTO ${list} (${columns}) VALUES (?${', ?'.repeat(fields.length)})`).run(id, ...values)
    }
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
