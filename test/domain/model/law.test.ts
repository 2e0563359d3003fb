import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { RULES, type Rules } from './rules.ts'
import { Story, STORY } from './story.ts'

/** What is live at the end equals a rebuild from the final sources for the same day, and so does all that is kept. */
function theLaw(rules: Rules) {
  return fc.property(STORY, ([before, events]) => {
    const story = new Story(before, rules)
    for (const event of events) story.tell(event)
    story.end()
    story.judge()
  })
}

test('whatever comes between, every generation that is kept ends as a rebuild from the final sources for its day', () => {
  fc.assert(theLaw(RULES), { numRuns: 5000 })
})

describe('the law is broken as soon as', () => {
  const broken: Readonly<Record<Exclude<keyof Rules, 'readsRowsFirst' | 'startsOver' | 'bridgesNumbers'>, string>> = {
    deletesLast: 'deletions come before what they rely on',
    checksVersions: 'versions are not checked: a late write undoes what the successor wrote',
    joinsNumbersLeft: 'a number that a row leaves is not refreshed with it',
    opensJournalFirst: 'the journal opens after the first command',
    makesChangesVisible: 'what changes wrote is not made visible before the next ones',
    makesInheritanceVisible: 'a new writer takes changes before all that was written is visible',
    makesSnapshotVisible: 'a run catches up before its snapshot is visible',
    pausesToSwitch: 'changes go on while a run becomes live',
    outlivesNoLease: 'a write outlives the lease under which it was sent, although versions are checked',
  }
  for (const [rule, words] of Object.entries(broken)) {
    test(words, () => {
      const found = fc.check(theLaw({ ...RULES, [rule]: false }), { numRuns: 30_000, seed: 7, endOnFailure: true })
      // What fails is the judgement, and nothing else on the way to it.
      assert.ok(found.errorInstance instanceof assert.AssertionError)
    })
  }
})
