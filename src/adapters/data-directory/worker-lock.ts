import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { RevalError } from '../../errors/reval-error.ts'
import { createFile } from '../file-rights.ts'
import { isLocked, lockFile, type FileLock } from '../sqlite/file-lock.ts'
import { systemCode } from '../../errors/directory-fault.ts'

/** Long enough for a call of `isWorked` to end; it does not wait for an active worker. */
const PATIENCE = 300

const Worker = z.object({ pid: z.number().int(), host: z.string(), command: z.string() })
/** The worker of a directory. For messages only: the lock decides. */
type Worker = z.infer<typeof Worker>

/**
 * Acquires the lock of a directory, which one process holds at a time and which ends with the process. Throws
 * DATA_DIR_IN_USE, naming its holder as far as that is known; DATA_DIR_UNUSABLE, DISK_FULL.
 */
export function becomeWorker(directory: string): FileLock {
  const lock = takeLock(directory)
  try {
    createFile(workerFile(directory))
    writeFileSync(workerFile(directory), JSON.stringify(thisProcess()))
  } catch (error) {
    lock.release()
    throw error
  }
  let released = false
  return {
    release: () => {
      if (released) return
      released = true
      try {
        // While the lock is held: afterwards the file may be the next worker's.
        rmSync(workerFile(directory), { force: true })
      } finally {
        lock.release()
      }
    },
  }
}

/** Whether a worker holds the directory now. */
export function isWorked(directory: string): boolean {
  return isLocked(lockPath(directory), 'DATA_DIR_UNUSABLE')
}

function takeLock(directory: string): FileLock {
  const purpose = `${directory} is in use`
  try {
    return lockFile(lockPath(directory), { purpose, code: 'DATA_DIR_UNUSABLE', patience: PATIENCE })
  } catch (error) {
    if (!(error instanceof RevalError) || error.code !== 'DATA_DIR_IN_USE') throw error
    const worker = readWorker(directory)
    if (worker === null) throw error
    const { pid, host, command } = worker
    throw new RevalError('DATA_DIR_IN_USE', `${purpose} by process ${pid} on ${host} (${command})`, {
      details: { path: directory, pid, host, command },
      cause: error,
    })
  }
}

/** Null if the worker has not written it yet, or has just ended. */
function readWorker(directory: string): Worker | null {
  try {
    return Worker.parse(JSON.parse(readFileSync(workerFile(directory), 'utf8')))
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError || systemCode(error) !== null) return null
    throw error
  }
}

/** Only the words that name the command: the others may be keys of persons, as in `reval erase`. */
function thisProcess(): Worker {
  const [, script = 'reval', ...words] = process.argv
  const other = words.findIndex((word) => !/^[a-z]+(?:-[a-z]+)*$/.test(word))
  const command = [basename(script), ...words.slice(0, other === -1 ? words.length : other)].join(' ')
  return { pid: process.pid, host: hostname(), command }
}

function lockPath(directory: string): string {
  return join(directory, 'worker.lock')
}

function workerFile(directory: string): string {
  return join(directory, 'worker.json')
}
