import { basename } from 'node:path'
import type { Outcome } from './run-suite.ts'
import { KNOWN_FAILURES, type KnownFailure } from './known-failures.ts'
import type { Suite } from './stacks.ts'

export interface StackResult {
  readonly name: string
  readonly kinds: readonly string[]
  /** Name and version of each server that the suites concern. */
  readonly versions: readonly string[]
  /** False when a server could not be installed or started: then no suite ran. */
  readonly started: boolean
  readonly outcomes: ReadonlyMap<Suite, Outcome>
}

export interface Failure {
  readonly suite: Suite
  readonly file: string
  readonly test: string
  /** None: the failure is ours. */
  readonly known: KnownFailure | undefined
}

export function failuresOf({ kinds, outcomes }: StackResult): Failure[] {
  return [...outcomes].flatMap(([suite, { failed }]) =>
    failed.map(({ file, test, error }) => ({
      suite,
      file,
      test,
      known: KNOWN_FAILURES.find(({ kind, sign }) => kinds.includes(kind) && (sign.test(test) || sign.test(error))),
    })),
  )
}

export function testedVersionsPage(results: readonly StackResult[], date: string): string {
  const failed = results.filter((result) => !result.started || failuresOf(result).length > 0)
  return `# Tested versions

\`npm run test:matrix\` wrote this page on ${date}. Each row is a run on the servers it names, and on those of the first row
for what it does not name. CI runs the first two. The README names what was never tested.

| servers | suites: tests passed | failed |
| ------- | -------------------- | ------ |
${results.map((result) => row(result)).join('\n')}

## Failures

${failed.length === 0 ? 'None.' : failed.map(failuresSection).join('\n\n')}
`
}

function row(result: StackResult): string {
  const counts = [...result.outcomes].map(([suite, { passed, failed }]) =>
    failed.length === 0 ? `${suite} ${passed}` : `${suite} ${passed} of ${passed + failed.length}`,
  )
  const failed = result.started ? String(failuresOf(result).length) : 'all: did not start'
  return `| ${result.versions.join(', ')} | ${counts.join(', ')} | ${failed} |`
}

function failuresSection(result: StackResult): string {
  const title = `${result.versions.join(', ')}:\n\n`
  if (!result.started) return `${title}- A server could not be installed or started, so nothing was tested.`
  const byReason = Map.groupBy(failuresOf(result), ({ known }) =>
    known === undefined ? 'Ours' : `The server’s own: ${known.reason}`,
  )
  const lines = [...byReason].flatMap(([reason, failures]) => [
    `- ${reason}`,
    ...failures.map(({ suite, file, test }) => `  - ${suite}, \`${basename(file)}\`: ${test}`),
  ])
  return title + lines.join('\n')
}
