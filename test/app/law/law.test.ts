import { test } from 'node:test'
import { runCases } from './cases.ts'
import { embeddedLaw } from './embedded.ts'
import { LawPlace } from './law-place.ts'

/** `npm run test:law` asks for more. */
const count = Number(process.env.LAW_CASES ?? 20)
const seed = Number(process.env.LAW_SEED ?? Math.floor(Math.random() * 1e6))

const installed = LawPlace.forFile(seed, embeddedLaw)

test(`${count} cases (seed ${seed}): every kept generation equals a rebuild from the final sources`, async (t) => {
  await runCases(installed(), { count, seed })
  t.diagnostic(JSON.stringify(installed().counts))
})
