import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { countFindings } from '../../src/domain/likeness.ts'
import type { IndexName } from '../../src/domain/lists.ts'

type Counts = Readonly<Record<IndexName, number>>

const FOREIGN: Counts = {
  masterdoctorindex: 1_000,
  recommendationindex: 1_000,
  connectedindex: 800,
  disconnectedindex: 200,
  exceptionindex: 50,
}

describe('a first run, compared with existing indexes of the same names', () => {
  const cases: readonly (readonly [what: string, now: Partial<Counts>, figures: readonly string[]])[] = [
    ['that are similar', { masterdoctorindex: 1_020 }, []],
    ['one of which fell to zero', { connectedindex: 0 }, ['held back: rows of connectedindex']],
    ['one of which lost 10 %', { masterdoctorindex: 900 }, ['held back: rows of masterdoctorindex']],
    ['one of which grew by 20 %', { masterdoctorindex: 1_200 }, ['warned: rows of masterdoctorindex']],
    ['one of which grew by 25 %', { masterdoctorindex: 1_250 }, ['held back: rows of masterdoctorindex']],
    ['one of which changed by too few rows to judge', { exceptionindex: 31 }, []],
  ]
  for (const [what, now, figures] of cases) {
    test(what, () => {
      const found = countFindings({ ...FOREIGN, ...now }, FOREIGN)
      assert.deepEqual(
        found.map(({ verdict, figure }) => `${verdict}: ${figure}`),
        figures,
      )
    })
  }

  test('some of which are missing: those are not compared', () => {
    const found = countFindings({ ...FOREIGN, masterdoctorindex: 0, exceptionindex: 0 }, { exceptionindex: 50 })
    assert.deepEqual(
      found.map(({ figure }) => figure),
      ['rows of exceptionindex'],
    )
  })
})
