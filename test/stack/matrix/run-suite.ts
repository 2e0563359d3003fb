import { join, relative } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { pipeline } from 'node:stream/promises'
import { inspect } from 'node:util'
import { SUITES, type Suite } from './stacks.ts'

export interface Outcome {
  readonly passed: number
  /** The error of each as Node shows it, with its causes. */
  readonly failed: readonly { readonly file: string; readonly test: string; readonly error: string }[]
}

const TESTS = join(import.meta.dirname, '..')
const TIMEOUT_MS = 600_000

/** Runs the files of a suite as `npm run test:stack` does, and prints what its reporter does. */
export async function runSuite(suite: Suite, names: RegExp | undefined): Promise<Outcome> {
  let passed = 0
  const failed: { file: string; test: string; error: string }[] = []
  const events = run({
    globPatterns: SUITES[suite].map((pattern) => join(TESTS, pattern)),
    execArgv: ['--import', join(TESTS, '../left-running.ts')],
    timeout: TIMEOUT_MS,
    concurrency: suite === 'outages' ? 1 : 3,
    ...(names !== undefined && { testNamePatterns: names }),
  })
  events.on('test:summary', ({ file, counts }) => {
    if (file === undefined) passed = counts.passed
  })
  events.on('test:fail', ({ name, file = '', details }) => {
    // A suite fails with its tests, which are told by themselves.
    if (details.type === 'suite') return
    failed.push({ file: relative(TESTS, file), test: name, error: inspect(details.error, { depth: 8 }) })
  })
  const text = new spec()
  text.pipe(process.stdout, { end: false })
  await pipeline(events, text)
  return { passed, failed }
}
