import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CLIENT, signingKey, TestProvider } from '../app/http/access/provider.ts'
import { fuzz } from './schemathesis.ts'
import { Service } from './service.ts'

// npm run test:fuzz [-- --seed 7 --max-examples 100 ...]: tests a service with requests that schemathesis makes from its OpenAPI
// document, right and wrong ones, as callers of each role. Ends with 1 if anything is found.

const PEOPLE = {
  operator: { 'cognito:groups': ['reval-operator'] },
  support: { 'cognito:groups': ['reval-support'] },
  admin: { 'cognito:groups': ['RevalAdmin'], designatedBodies: '1-1RSSQ1B' },
}
const OPTIONS: Readonly<Record<keyof typeof PEOPLE, readonly string[]>> = {
  operator: ['--phases', 'examples,coverage,fuzzing,stateful', '--max-examples', '30'],
  // The others are refused most routes.
  support: ['--phases', 'fuzzing', '--max-examples', '5'],
  admin: ['--phases', 'fuzzing', '--max-examples', '5'],
}

const cleaning: (() => Promise<unknown>)[] = []
const owner = { after: (clean: () => Promise<void>) => cleaning.push(clean) }

async function findsNothing(): Promise<boolean> {
  const directory = await mkdtemp(join(tmpdir(), 'reval-fuzz-'))
  cleaning.push(() => rm(directory, { recursive: true, force: true }))
  const provider = await TestProvider.start(owner, signingKey('first'), PEOPLE)
  const service = await Service.start(directory, {
    REVAL_OIDC_ISSUER: provider.issuer,
    REVAL_OIDC_CLIENT_ID: CLIENT,
    // schemathesis sends more requests, and more without a token, than a caller may.
    REVAL_REQUESTS_PER_MINUTE: '0',
  })
  let isSound = true
  try {
    for (const person of Object.keys(PEOPLE) as (keyof typeof PEOPLE)[]) {
      console.log(`\n== as ${person}`)
      const token = await provider.signIn(person)
      const options = ['--seed', '1', ...OPTIONS[person], ...process.argv.slice(2)]
      if (!(await fuzz(service.address, token, options, directory))) isSound = false
    }
  } finally {
    if (!(await service.stop())) {
      isSound = false
      console.log('the service ended by itself, or did not stop')
    }
  }
  if (!isSound) console.log((await readFile(join(directory, 'service.log'), 'utf8')).slice(-20_000))
  return isSound
}

try {
  process.exitCode = (await findsNothing()) ? 0 : 1
} finally {
  for (const clean of cleaning.reverse()) await clean()
}
