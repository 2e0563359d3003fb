import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Installation } from '../../src/ports/run-ledger.ts'
import type { KeptFacts } from '../../src/console/pages/decisions/facts.ts'
import { rollingBack } from '../../src/console/pages/decisions/roll-back.ts'
import { anInstallation, aRun, kept } from '../sync/examples.ts'

const facts = (at: number): KeptFacts => ({
  kept: kept(at),
  run: aRun({ id: `run-${at}`, state: 'live', finishedAt: Date.UTC(2026, 10, 26, 9, 5) }),
  counts: null,
})

function textOf(differing: Partial<Installation>): string {
  const installation = anInstallation({ live: kept(2), previous: kept(1), ...differing })
  const [live, previous] = [facts(2), facts(1)]
  const compared = { heldBack: null, previous: null }
  return rollingBack(live, previous, { installation, live, previous, heldBack: null, compared, now: 0 }).text
}

test('going back says whether what came in since then is in it', () => {
  assert.match(textOf({}), /Changes that came in since then are in it too/)
  assert.match(textOf({ java: kept(1) }), /of the Java services as of .*26 November 2026.* are not in them/)
})
