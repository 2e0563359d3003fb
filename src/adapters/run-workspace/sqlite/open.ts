import type { StatementSync } from 'node:sqlite'
import { gmcNumber, type GmcNumber } from '../../../domain/gmc-number.ts'
import type { Trainee } from '../../../domain/trainee.ts'
import type { ErrorCode } from '../../../errors/codes.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type {
  ChangedKey,
  DoctorKey,
  Joined,
  JournalKey,
  RunWorkspace,
  RunWorkspaces,
} from '../../../ports/run-workspace.ts'
import { sqliteError } from '../../sqlite/database.ts'
import { openScratchFile, type ScratchFile, type ScratchFileOptions } from './scratch-file.ts'
import { TraineeTable } from './trainee-table.ts'

/** Workspaces as scratch files in a folder; any number of processes may share it. */
export function openRunWorkspaces(folder: string, options: ScratchFileOptions = {}): RunWorkspaces {
  return {
    open: async () => {
      const file = openScratchFile(folder, options)
      try {
        return new ScratchWorkspace(file)
      } catch (error) {
        file.close()
        throw workspaceFault(error, file.path, 'WORKSPACE_UNUSABLE')
      }
    },
  }
}

/** Each key that changed once. Adding a key gives it a mark that no other has. */
const JOURNAL = `
  CREATE TABLE journal (
    position INTEGER PRIMARY KEY, kind TEXT NOT NULL, value INTEGER NOT NULL, mark INTEGER NOT NULL,
    UNIQUE (kind, value)
  );`

/** A workspace as a file of SQLite, on the calling thread. */
class ScratchWorkspace implements RunWorkspace {
  readonly #file: ScratchFile
  readonly #trainees: TraineeTable
  readonly #addKey: StatementSync
  readonly #readKeys: StatementSync
  readonly #removeKey: StatementSync
  #marks = 0
  /** Why nothing can be asked any more. */
  #over: RevalError | null = null
  #isClosed = false

  constructor(file: ScratchFile) {
    const { database } = file
    this.#file = file
    this.#trainees = new TraineeTable(database)
    database.exec(JOURNAL)
    this.#addKey = database.prepare(`
      INSERT INTO journal (kind, value, mark) VALUES (?, ?, ?)
      ON CONFLICT (kind, value) DO UPDATE SET mark = excluded.mark`)
    this.#readKeys = database.prepare('SELECT kind, value, mark FROM journal ORDER BY position LIMIT ?')
    this.#removeKey = database.prepare('DELETE FROM journal WHERE kind = ? AND value = ? AND mark = ?')
    // One transaction for as long as the file lives: nothing is ever undone, and nobody finds the file afterwards. Pages go
    // to the disk when the cache has no more room for them.
    database.exec('BEGIN')
  }

  async addTrainees(trainees: readonly Trainee[]): Promise<void> {
    this.#do(() => this.#trainees.add(trainees))
  }

  async countTrainees(): Promise<number> {
    return this.#do(() => this.#trainees.count())
  }

  async addReasons(reasons: readonly { readonly number: GmcNumber; readonly reason: string }[]): Promise<void> {
    this.#do(() => this.#trainees.addReasons(reasons))
  }

  async clearReasons(): Promise<void> {
    this.#do(() => this.#trainees.clearReasons())
  }

  async join(doctors: readonly DoctorKey[]): Promise<readonly Joined[]> {
    return this.#do(() => this.#trainees.join(doctors))
  }

  async countUnjoined(): Promise<number> {
    return this.#do(() => this.#trainees.countUnjoined())
  }

  async unjoined(after: number | null, limit: number): ReturnType<RunWorkspace['unjoined']> {
    return this.#do(() => this.#trainees.unjoined(after, limit))
  }

  async addToJournal(keys: readonly ChangedKey[]): Promise<void> {
    this.#do(() => {
      for (const key of keys) this.#addKey.run(key.kind, valueOf(key), (this.#marks += 1))
    })
  }

  async journal(limit: number): Promise<readonly JournalKey[]> {
    const found = this.#do(() => this.#readKeys.all(limit))
    return found.map(({ kind, value, mark }) => ({ ...keyOf(kind, Number(value)), mark: Number(mark) }))
  }

  async removeFromJournal(keys: readonly JournalKey[]): Promise<void> {
    this.#do(() => {
      for (const key of keys) this.#removeKey.run(key.kind, valueOf(key), key.mark)
    })
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#over = new RevalError('WORKSPACE_FAILED', `the workspace ${this.#file.path} is closed`)
    this.#file.close()
  }

  #do<T>(action: () => T): T {
    if (this.#over !== null) throw this.#over
    try {
      return action()
    } catch (error) {
      this.#over = workspaceFault(error, this.#file.path, 'WORKSPACE_FAILED')
      throw this.#over
    }
  }
}

function valueOf(key: ChangedKey): number {
  return key.kind === 'person' ? key.tcsPersonId : Number(key.number)
}

function keyOf(kind: unknown, value: number): ChangedKey {
  if (kind === 'person') return { kind, tcsPersonId: value }
  const number = gmcNumber(String(value).padStart(7, '0'))
  if (number !== null) return { kind: 'number', number }
  throw new RevalError('WORKSPACE_FAILED', `the journal contains ${value} instead of a GMC number`)
}

/** DISK_FULL, or the given code. Trying again is of no use after either. */
function workspaceFault(error: unknown, path: string, code: ErrorCode): RevalError {
  const fault = sqliteError(error, code, path)
  return fault.code === 'DISK_FULL' ? fault : new RevalError(code, fault.message, { cause: error })
}
