import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const STACK = join(import.meta.dirname, '../../../stack')

export type ServerName = 'rabbitmq' | 'sqs' | 'mysql' | 'mongodb' | 'search'

/** Stops one server of the stack as an operator would; it keeps what it has. */
export async function stopServer(name: ServerName): Promise<void> {
  await run(join(STACK, 'down'), [name])
}

/** Kills one server of the stack: no goodbye, nothing flushed that was not. */
export async function killServer(name: ServerName): Promise<void> {
  await run(join(STACK, 'kill'), [name])
}

/** Starts it again; resolves when it answers. */
export async function startServer(name: ServerName): Promise<void> {
  await run(join(STACK, 'up'), [name])
}
