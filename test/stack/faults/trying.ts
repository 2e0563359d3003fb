import assert from 'node:assert/strict'
import { appendFileSync } from 'node:fs'
import { after, test, type TestContext } from 'node:test'
import { whenText, type Trial } from './trial.ts'

/** How often each fault is tried: once, unless the environment says otherwise. */
const TIMES = Number(process.env.FAULTS_TIMES ?? '1')
/** Trials are appended to this file, a line each; main.ts makes the table from it. */
const RECORD = process.env.FAULTS_RECORD ?? ''

/** Tries a fault as a test, several times if wanted; it fails unless no document is lost. */
export function trying(
  { fault, when }: Pick<Trial, 'fault' | 'when'>,
  body: (t: TestContext) => Promise<Pick<Trial, 'lost' | 'seconds'>>,
): void {
  for (let time = 1; time <= TIMES; time += 1) {
    test(`${fault}, ${whenText(when)}${TIMES === 1 ? '' : ` (${time} of ${TIMES})`}`, async (t) => {
      const tried: Trial = { fault, when, ...(await body(t)) }
      if (RECORD !== '') appendFileSync(RECORD, `${JSON.stringify(tried)}\n`)
      if (tried.seconds !== null) t.diagnostic(`live again after ${tried.seconds.toFixed(1)} s`)
      assert.equal(tried.lost, 0)
    })
  }
}

/**
 * For what is made once for a whole suite: cleaned up after it, last made first. Call it in the suite itself; what a hook
 * registers in its own name is cleaned up after the hook.
 */
export function suiteOwner(): { after(clean: () => Promise<void> | void): void } {
  const cleaning: (() => Promise<void> | void)[] = []
  after(async () => {
    for (const clean of cleaning.toReversed()) await clean()
  })
  return { after: (clean) => void cleaning.push(clean) }
}
