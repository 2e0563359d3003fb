import { spawn } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

const CACHE = join(import.meta.dirname, '../node_modules/.cache')

/**
 * Installs the packages of a requirements.txt, if these versions are not installed yet, and resolves with the folder of their
 * programs. Each folder with a requirements.txt has packages of its own.
 */
export async function installPackages(requirements: string): Promise<string> {
  const venv = join(CACHE, `python-${basename(dirname(requirements))}`)
  const programs = join(venv, 'bin')
  // Written once everything is installed.
  const record = join(venv, 'installed.txt')
  const wanted = await readFile(requirements, 'utf8')
  const installed = await readFile(record, 'utf8').catch(() => '')
  if (installed === wanted) return programs
  await rm(venv, { recursive: true, force: true })
  await mkdir(venv, { recursive: true })
  await succeed('python3', ['-m', 'venv', venv])
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', requirements]
  await succeed(join(programs, 'python3'), pip)
  await writeFile(record, wanted)
  return programs
}

function succeed(program: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit' })
    child.once('error', reject)
    child.once('exit', (status) => {
      if (status === 0) resolve()
      else reject(new Error(`${program} ${args.slice(0, 3).join(' ')} ended with ${status}`))
    })
  })
}
