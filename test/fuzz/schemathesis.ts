import { spawn } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt')
const CONFIG = join(import.meta.dirname, 'schemathesis.toml')
const VENV = join(import.meta.dirname, '../../node_modules/.cache/schemathesis')
/** Written once everything is installed. */
const INSTALLED = join(VENV, 'installed.txt')

/** Installs the version of requirements.txt, if it is not installed yet. */
export async function installSchemathesis(): Promise<void> {
  const wanted = await readFile(REQUIREMENTS, 'utf8')
  const installed = await readFile(INSTALLED, 'utf8').catch(() => '')
  if (installed === wanted) return
  await rm(VENV, { recursive: true, force: true })
  await mkdir(VENV, { recursive: true })
  await succeed('python3', ['-m', 'venv', VENV])
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', REQUIREMENTS]
  await succeed(join(VENV, 'bin/python3'), pip)
  await writeFile(INSTALLED, wanted)
}

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
  return (await run(join(VENV, 'bin/schemathesis'), args, directory)) === 0
}

async function succeed(program: string, args: readonly string[]): Promise<void> {
  const status = await run(program, args)
  if (status !== 0) throw new Error(`${program} ${args.slice(0, 3).join(' ')} ended with ${status}`)
}

function run(program: string, args: readonly string[], cwd?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', ...(cwd !== undefined && { cwd }) })
    child.once('error', reject)
    child.once('exit', (status) => resolve(status ?? 1))
  })
}
