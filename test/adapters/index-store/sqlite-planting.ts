import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { partsToText, type PartsValues } from '../../../src/adapters/index-store/row-codec.ts'
import { storable } from '../../../src/adapters/index-store/sqlite/row-values.ts'
import { Listed } from '../../../src/adapters/index-store/sqlite/listed-rows.ts'
import { LISTED_COLUMNS } from '../../../src/adapters/index-store/sqlite/listed-schema.ts'
import { rowsIn } from '../../../src/adapters/index-store/sqlite/rows.ts'
import type { Row } from '../../../src/domain/row.ts'
import { withPart, type Planted } from '../../contract/index-store/planting.ts'

/** Those of `listed`, and all of it. */
const OF_LISTED = LISTED_COLUMNS.filter((column) => column !== 'key').map((column) => `listed.${column}`)

export const SQLITE_KEYS: Readonly<Record<string, string>> = Object.fromEntries(
  ['number', 'listed', ...OF_LISTED].map((key) => [key, '7654321']),
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
      case 'key': {
        const [key = '', column] = planted.key.split('.')
        if (key !== 'listed') set(key, columnValue(planted.value))
        else changeListed(file, id, column, columnValue(planted.value))
        break
      }
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

/** Changes what lists are read from; removes all of it without a column. */
function changeListed(file: DatabaseSync, id: string, column: string | undefined, value: string | number | null): void {
  const ofRow = 'WHERE key = (SELECT key FROM row WHERE id = ?)'
  if (column === undefined) file.prepare(`DELETE FROM listed ${ofRow}`).run(id)
  else file.prepare(`UPDATE listed SET ${column} = ? ${ofRow}`).run(value, id)
}

function add(file: DatabaseSync, { id, parts }: Row): void {
  file.exec('UPDATE progress SET seq = seq + 1')
  const seq = Number(file.prepare('SELECT seq FROM progress').get()?.seq)
  new Listed(file).around(rowsIn(file)).insert(seq, [id], [storable(id, partsToText(parts))])
}

function columnValue(value: string | number | boolean | null): string | number | null {
  return typeof value === 'boolean' ? Number(value) : value
}
