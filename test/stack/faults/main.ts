import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { globSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import * as prettier from 'prettier'
import { reliabilityPage, trialsText } from './page.ts'
import type { Trial } from './trial.ts'

// npm run test:faults [-- --write] [file...]: tries every fault, FAULTS_TIMES times each, and prints the table; with --write
// it tries one after the other, and writes docs/reliability.md. Trials are added to those in the file FAULTS_RECORD, if that is set.

const PAGE = join(import.meta.dirname, '../../../docs/reliability.md')
const { values, positionals } = parseArgs({
  options: { write: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const files = (positionals.length > 0 ? positionals : globSync(join(import.meta.dirname, '*.test.ts'))).sort()
/** It stops servers, which all others use. */
const isAlone = (file: string) => file.endsWith('stopped.test.ts')

async function runTests(some: readonly string[], concurrency: number, record: string): Promise<boolean> {
  if (some.length === 0) return true
  const leftRunning = join(import.meta.dirname, '../../left-running.ts')
  const options = ['--import', leftRunning, '--test', '--test-timeout=900000', `--test-concurrency=${concurrency}`]
  const tests = spawn(process.execPath, [...options, ...some], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, FAULTS_RECORD: record },
  })
  const [code] = (await once(tests, 'close')) as [number | null]
  return code === 0
}

const folder = await mkdtemp(join(tmpdir(), 'reval-faults-'))
try {
  const record = process.env.FAULTS_RECORD ?? join(folder, 'trials')
  await writeFile(record, '', { flag: 'a' })
  const together = files.filter((file) => !isAlone(file))
  const passed = [
    await runTests(together, values.write ? 1 : 3, record),
    await runTests(files.filter(isAlone), 1, record),
  ]
  const lines = (await readFile(record, 'utf8')).split('\n').filter((line) => line !== '')
  const trials = lines.map((line) => JSON.parse(line) as Trial)
  console.log(trialsText(trials))
  // A trial that fails is not in the record: a table without it would mislead.
  if (values.write && passed.every(Boolean)) {
    const machine = `${availableParallelism()} cores`
    const page = reliabilityPage(trials, { date: new Date().toISOString().slice(0, 10), machine })
    const options = await prettier.resolveConfig(PAGE)
    await writeFile(PAGE, await prettier.format(page, { ...options, filepath: PAGE }))
  }
  process.exitCode = passed.every(Boolean) ? 0 : 1
} finally {
  await rm(folder, { recursive: true })
}
