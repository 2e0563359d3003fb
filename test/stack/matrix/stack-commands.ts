import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ServerName } from '../faults/server.ts'
import type { Kinds } from './stacks.ts'

const STACK = join(import.meta.dirname, '../../../stack')
export const SERVERS: readonly ServerName[] = ['rabbitmq', 'sqs', 'mysql', 'mongodb', 'search']
const output = promisify(execFile)

/** Makes the commands below, and the tests, use these servers: exports what `stack/env` says of them. */
export async function select(kinds: Kinds): Promise<void> {
  for (const server of SERVERS) {
    const variable = `STACK_${server.toUpperCase()}`
    if (kinds[server] === undefined) Reflect.deleteProperty(process.env, variable)
    else process.env[variable] = kinds[server]
  }
  const { stdout } = await output('sh', ['-c', `. '${STACK}/env' && env -0`])
  for (const line of stdout.split('\0')) {
    const sign = line.indexOf('=')
    if (/^(REVAL|STACK)_/.test(line)) process.env[line.slice(0, sign)] = line.slice(sign + 1)
  }
}

/** Runs a command of the stack, whose output is shown; resolves to whether it succeeded. */
export async function stack(command: 'up' | 'down' | 'status', servers: readonly ServerName[] = []): Promise<boolean> {
  const child = spawn(join(STACK, command), servers, { stdio: ['ignore', 'inherit', 'inherit'] })
  const [code] = (await once(child, 'exit')) as [number | null]
  return code === 0
}

/** The selected server's name and version, as `stack/status` prints them, running or not. */
export async function versionOf(server: ServerName): Promise<string> {
  const { stdout } = await output('sh', ['-c', `'${STACK}/status' ${server} || :`])
  return stdout.trim().split(/ +/).slice(4).join(' ')
}
