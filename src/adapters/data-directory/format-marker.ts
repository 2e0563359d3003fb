import { closeSync, constants, fsyncSync, openSync, readdirSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { RevalError } from '../../errors/reval-error.ts'
import { systemCode } from '../../errors/directory-fault.ts'
import { createFile } from '../file-rights.ts'

/** Raised when a change of the directory's format would make an earlier version misread it. */
const FORMAT = 1
const MARKER = 'format'
const FORM = /^reval-sync data directory, format (\d{1,9})\n$/
const TEXT = `reval-sync data directory, format ${FORMAT}\n`

/**
 * What does not tell whose a directory is: what a file system puts there when it is mounted, and the folder of scratch
 * files, which server processes make by default.
 */
const IGNORED = new Set(['lost+found', 'scratch'])

/** `empty`: nothing in it, or a marker whose writing was cut short, which is written before anything else. */
export type DirectoryState = 'missing' | 'empty' | 'ours'

/**
 * What a directory is to this version; changes nothing in it. Throws DATA_DIR_NEWER for one that a later version
 * arranged, DATA_DIR_UNUSABLE for one that holds other things, and what the file system throws.
 */
export function stateOfDirectory(path: string): DirectoryState {
  const names = namesIn(path)
  if (names === null) return 'missing'
  if (names.length === 0) return 'empty'
  const text = names.includes(MARKER) ? beginningOf(join(path, MARKER)) : null
  const version = FORM.exec(text ?? '')?.[1]
  if (version !== undefined) return known(path, Number(version))
  if (text !== null && names.length === 1 && TEXT.startsWith(text)) return 'empty'
  throw new RevalError('DATA_DIR_UNUSABLE', `${path} is not empty and is not a reval data directory`, {
    details: { path },
  })
}

function known(path: string, version: number): 'ours' {
  if (version <= FORMAT) return 'ours'
  const reason = `${path} has format ${version}; this version supports up to ${FORMAT}`
  throw new RevalError('DATA_DIR_NEWER', reason, { details: { path, format: version, known: FORMAT } })
}

function namesIn(path: string): string[] | null {
  try {
    return readdirSync(path).filter((name) => !IGNORED.has(name))
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw error
  }
}

/** The first characters of a file, which may hold anything; null for a directory. */
function beginningOf(path: string): string | null {
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(100)
    return bytes.toString('latin1', 0, readSync(file, bytes))
  } catch (error) {
    if (systemCode(error) === 'EISDIR') return null
    throw error
  } finally {
    closeSync(file)
  }
}

/**
 * Marks a directory as ours, on the disk before anything else is in it. Two processes may do it at once: both write
 * the same, and neither empties the file.
 */
export function markDirectory(path: string): void {
  createFile(join(path, MARKER))
  const file = openSync(join(path, MARKER), constants.O_CREAT | constants.O_WRONLY, 0o600)
  try {
    writeSync(file, TEXT, 0)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  syncDirectory(path)
}

function syncDirectory(path: string): void {
  // Windows opens no directories, and needs it less: NTFS journals names.
  if (process.platform === 'win32') return
  const directory = openSync(path, 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}
