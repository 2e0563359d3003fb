import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { installPackages } from '../python-packages.ts'

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt')
const CONFIG = join(import.meta.dirname, 'schemathesis.toml')

/**
 * Tests the service at an address as its OpenAPI document describes it, with the token of a caller and more options. Resolves with
 * whether nothing was found. `directory` is for what schemathesis keeps.
 */
export async function fuzz(
  address: string,
  token: string,
  options: readonly string[],
  directory: string,
): Promise<boolean> {
  const args = [
    ...['--config-file', CONFIG, 'run', `${address}/docs/json`],
    ...['--header', `Authorization: Bearer ${token}`, '--checks', 'all', '--no-color'],
    ...['--request-timeout', '60', '--generation-database', 'none', ...options],
  ]
  const programs = await installPackages(REQUIREMENTS)
  return (await run(join(programs, 'schemathesis'), args, directory)) === 0
}

function run(program: string, args: readonly string[], cwd: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', cwd })
    child.once('error', reject)
    child.once('exit', (status) => resolve(status ?? 1))
  })
}
