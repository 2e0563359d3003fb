import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { RULES, type Rules } from './rules.ts'
import { Story, STORY } from './story.ts'

/** The live generation, and every other kept one, ends equal to a rebuild from the final sources for its day. */
function theLaw(rules: Rules) {
  return fc.property(STORY, ([before, events]) => {
    const story = new Story(before, rules)
    for (const event of events) story.tell(event)
    story.end()
    story.judge()
  })
}

test('whatever happens, every kept generation ends equal to a rebuild from the final sources for its day', () => {
  fc.assert(theLaw(RULES), { numRuns: 5000 })
})

describe('the law fails if', () => {
  const broken: Readonly<Record<Exclude<keyof Rules, 'readsRowsFirst' | 'startsOver' | 'bridgesNumbers'>, string>> = {
    deletesLast: 'deletions come first',
    checksVersions: 'versions are not checked: a late write undoes a write of the successor',
    joinsNumbersLeft: 'a number that a row leaves is not refreshed',
    opensJournalFirst: 'the journal opens after the first command',
    makesChangesVisible: 'a batch of changes is not made visible before the next',
    makesInheritanceVisible: 'a new writer consumes changes before all earlier writes are visible',
    makesSnapshotVisible: 'a run catches up before its snapshot is visible',
    pausesToSwitch: 'changes continue during the switch',
    outlivesNoLease: 'a write outlives its lease, even with versions checked',
  }
  for (const [rule, words] of Object.entries(broken)) {
    test(words, () => {
      const found = fc.check(theLaw({ ...RULES, [rule]: false }), { numRuns: 30_000, seed: 7, endOnFailure: true })
      // The final comparison must fail, not something before it.
      assert.ok(found.errorInstance instanceof assert.AssertionError)
    })
  }
})
