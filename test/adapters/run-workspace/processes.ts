import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export interface Child {
  /** The line it printed. */
  readonly said: unknown
  readonly kill: () => Promise<void>
}

/** Starts a program of this folder and waits for its line. With `uid`, as another user. */
export async function startChild(
  program: string,
  folder: string,
  options: { uid?: number; wrapper?: readonly string[] } = {},
): Promise<Child> {
  const command = [
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    join(import.meta.dirname, program),
    folder,
  ]
  const [file = '', ...args] = [...(options.wrapper ?? []), ...command]
  const child = spawn(file, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  })
  const ended = once(child, 'close')
  const said = await firstLine(child)
  const kill = async () => {
    child.kill('SIGKILL')
    await ended
  }
  return { said, kill }
}

async function firstLine({ stdout }: ChildProcess): Promise<unknown> {
  if (stdout === null) throw new Error('the program has no output')
  for await (const line of createInterface(stdout)) return JSON.parse(line) as unknown
  throw new Error('the program ended without a line')
}
