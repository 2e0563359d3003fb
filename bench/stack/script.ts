import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Runs a program of this folder in its own process; it prints one line of JSON. */
export async function script<T>(file: string, ...args: readonly string[]): Promise<T> {
  const { stdout, stderr } = await run(process.execPath, [join(import.meta.dirname, file), ...args])
  process.stderr.write(stderr)
  return JSON.parse(stdout) as T
}
