import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { gmcNumber } from '../../../domain/gmc-number.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { ChangedKey, JournalKey } from '../../../ports/run-workspace.ts'

const PERSON = 0
const NUMBER = 1

const SCHEMA = `
  CREATE TABLE journal (
    position INTEGER PRIMARY KEY, kind INTEGER NOT NULL, value INTEGER NOT NULL, mark INTEGER NOT NULL,
    UNIQUE (kind, value)
  );`

/** The keys that changed, each once. An addition gives its key a mark that no other has. Throws what SQLite does. */
export class JournalTable {
  readonly #add: StatementSync
  readonly #read: StatementSync
  readonly #remove: StatementSync
  #marks = 0

  constructor(database: DatabaseSync) {
    database.exec(SCHEMA)
    this.#add = database.prepare(`
      INSERT INTO journal (kind, value, mark) VALUES (?, ?, ?)
      ON CONFLICT (kind, value) DO UPDATE SET mark = excluded.mark`)
    this.#read = database.prepare('SELECT kind, value, mark FROM journal ORDER BY position LIMIT ?')
    this.#remove = database.prepare('DELETE FROM journal WHERE kind = ? AND value = ? AND mark = ?')
  }

  /** To be called in a transaction. */
  add(keys: readonly ChangedKey[]): void {
    for (const key of keys) this.#add.run(kindOf(key), valueOf(key), (this.#marks += 1))
  }

  read(limit: number): readonly JournalKey[] {
    return this.#read.all(limit).map(({ kind, value, mark }) => ({
      ...keyOf(Number(kind), Number(value)),
      mark: Number(mark),
    }))
  }

  /** To be called in a transaction. */
  remove(keys: readonly JournalKey[]): void {
    for (const key of keys) this.#remove.run(kindOf(key), valueOf(key), key.mark)
  }
}

function kindOf({ kind }: ChangedKey): number {
  return kind === 'person' ? PERSON : NUMBER
}

function valueOf(key: ChangedKey): number {
  return key.kind === 'person' ? key.tcsPersonId : Number(key.number)
}

function keyOf(kind: number, value: number): ChangedKey {
  if (kind === PERSON) return { kind: 'person', tcsPersonId: value }
  const number = gmcNumber(String(value).padStart(7, '0'))
  if (number === null) throw new RevalError('WORKSPACE_FAILED', `the journal contains ${value} instead of a GMC number`)
  return { kind: 'number', number }
}
