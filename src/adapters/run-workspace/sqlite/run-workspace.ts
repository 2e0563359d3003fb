import type { ErrorCode } from '../../../errors/codes.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { RunWorkspace, RunWorkspaces } from '../../../ports/run-workspace.ts'
import { sqliteError } from '../../sqlite/database.ts'
import { JournalTable } from './journal-table.ts'
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

/** A workspace as a file of SQLite, on the thread that asks. */
class ScratchWorkspace implements RunWorkspace {
  readonly #file: ScratchFile
  readonly #trainees: TraineeTable
  readonly #journal: JournalTable
  /** Why nothing can be asked any more. */
  #over: RevalError | null = null
  #isClosed = false

  constructor(file: ScratchFile) {
    this.#file = file
    this.#trainees = new TraineeTable(file.database)
    this.#journal = new JournalTable(file.database)
    // One transaction for as long as the file lives: nothing is ever undone, and nobody finds the file afterwards. Pages go
    // to the disk when the cache has no more room for them.
    file.database.exec('BEGIN')
  }

  async addTrainees(trainees: Parameters<RunWorkspace['addTrainees']>[0]): Promise<void> {
    this.#do(() => this.#trainees.add(trainees))
  }

  async countTrainees(): Promise<number> {
    return this.#do(() => this.#trainees.count())
  }

  async addReasons(reasons: Parameters<RunWorkspace['addReasons']>[0]): Promise<void> {
    this.#do(() => this.#trainees.addReasons(reasons))
  }

  async clearReasons(): Promise<void> {
    this.#do(() => this.#trainees.clearReasons())
  }

  async join(doctors: Parameters<RunWorkspace['join']>[0]): ReturnType<RunWorkspace['join']> {
    return this.#do(() => this.#trainees.join(doctors))
  }

  async countUnjoined(): Promise<number> {
    return this.#do(() => this.#trainees.countUnjoined())
  }

  async unjoined(after: number | null, limit: number): ReturnType<RunWorkspace['unjoined']> {
    return this.#do(() => this.#trainees.unjoined(after, limit))
  }

  async addToJournal(keys: Parameters<RunWorkspace['addToJournal']>[0]): Promise<void> {
    this.#do(() => this.#journal.add(keys))
  }

  async journal(limit: number): ReturnType<RunWorkspace['journal']> {
    return this.#do(() => this.#journal.read(limit))
  }

  async removeFromJournal(keys: Parameters<RunWorkspace['removeFromJournal']>[0]): Promise<void> {
    this.#do(() => this.#journal.remove(keys))
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

/** DISK_FULL, or the given code. Trying again is of no use after either. */
function workspaceFault(error: unknown, path: string, code: ErrorCode): RevalError {
  const fault = sqliteError(error, code, path)
  return fault.code === 'DISK_FULL' ? fault : new RevalError(code, fault.message, { cause: error })
}
