import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { unlikeCounts } from '../../src/domain/likeness.ts'
import type { IndexName } from '../../src/domain/lists.ts'

type Counts = Readonly<Record<IndexName, number>>

const FOREIGN: Counts = {
  masterdoctorindex: 1_000,
  recommendationindex: 1_000,
  connectedindex: 800,
  disconnectedindex: 200,
  exceptionindex: 50,
}

describe('a first run, compared with the indexes that have its names', () => {
  const cases: readonly (readonly [what: string, now: Partial<Counts>, figures: readonly string[]])[] = [
    ['that are alike', { masterdoctorindex: 1_020 }, []],
    ['of which one fell to zero', { connectedindex: 0 }, ['held back: rows of connectedindex']],
    ['of which one lost a tenth', { masterdoctorindex: 900 }, ['held back: rows of masterdoctorindex']],
    ['of which one grew by a fifth', { masterdoctorindex: 1_200 }, ['warned: rows of masterdoctorindex']],
    ['of which one grew by a quarter', { masterdoctorindex: 1_250 }, ['held back: rows of masterdoctorindex']],
    ['of which one changed by fewer rows than are judged', { exceptionindex: 31 }, []],
  ]
  for (const [what, now, figures] of cases) {
    test(what, () => {
      const found = unlikeCounts({ ...FOREIGN, ...now }, FOREIGN)
      assert.deepEqual(
        found.map(({ verdict, figure }) => `${verdict}: ${figure}`),
        figures,
      )
    })
  }

  test('of which only some are there: the others are compared with nothing', () => {
    const found = unlikeCounts({ ...FOREIGN, masterdoctorindex: 0, exceptionindex: 0 }, { exceptionindex: 50 })
    assert.deepEqual(
      found.map(({ figure }) => figure),
      ['rows of exceptionindex'],
    )
  })
})
