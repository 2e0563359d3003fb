import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as prettier from 'prettier'
import { failuresOf, testedVersionsPage, type StackResult } from './page.ts'
import { runSuite, type Outcome } from './run-suite.ts'
import { select, SERVERS, stack, versionOf } from './stack-commands.ts'
import { STACKS, type Stack, type Suite } from './stacks.ts'

// npm run test:matrix [-- stack...]: runs the suites on each stack of stacks.ts, or on those named, one after the other.
// With all of them it writes docs/tested-versions.md. Ends with 1 when a failure is ours or a server did not start.

const PAGE = join(import.meta.dirname, '../../../docs/tested-versions.md')

async function runStack(name: string, { kinds, suites }: Stack): Promise<StackResult> {
  console.log(`\n== ${name}`)
  await select(kinds)
  const others = SERVERS.filter((server) => kinds[server] !== undefined)
  const started = await stack('up')
  const outcomes = new Map<Suite, Outcome>()
  try {
    for (const suite of started ? suites : []) {
      console.log(`\n== ${name}: ${suite}`)
      const names = suite === 'outages' && others.length > 0 ? new RegExp(`^(${others.join('|')}),`) : undefined
      outcomes.set(suite, await runSuite(suite, names))
    }
    const versions = await Promise.all((others.length > 0 ? others : SERVERS).map(versionOf))
    return { name, kinds: Object.values(kinds), versions, started, outcomes }
  } finally {
    if (others.length > 0) await stack('down', others)
  }
}

const named = process.argv.slice(2)
const chosen = Object.entries(STACKS).filter(([name]) => named.length === 0 || named.includes(name))
if (named.some((name) => !(name in STACKS))) {
  throw new Error(`expected some of ${Object.keys(STACKS).join(', ')}; got ${named.join(', ')}`)
}

await select({})
const ranBefore = await stack('status')
const results: StackResult[] = []
for (const [name, each] of chosen) results.push(await runStack(name, each))
if (!ranBefore) {
  await select({})
  await stack('down')
}

for (const result of results) {
  for (const { suite, file, test, known } of failuresOf(result)) {
    console.log(`${result.name}: ${suite}: ${file}: ${test}: ${known?.reason ?? 'ours'}`)
  }
  if (!result.started) console.log(`${result.name}: did not start`)
}
if (named.length === 0) {
  const page = testedVersionsPage(results, new Date().toISOString().slice(0, 10))
  const options = await prettier.resolveConfig(PAGE)
  await writeFile(PAGE, await prettier.format(page, { ...options, filepath: PAGE }))
}
const sound = results.every((result) => result.started && failuresOf(result).every(({ known }) => known !== undefined))
process.exit(sound ? 0 : 1)
