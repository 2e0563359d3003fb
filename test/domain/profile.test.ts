import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assemble } from '../../src/domain/assemble.ts'
import { isDay } from '../../src/domain/day.ts'
import { INDEX_FIELDS } from '../../src/domain/lists.ts'
import { FIELDS } from '../../src/domain/fields.ts'
import { CODED_FIELDS, DAY_FIELDS } from '../../src/domain/profile.ts'
import { aDoctor, aTrainee } from './examples.ts'

const FULL = assemble({ trainee: aTrainee(), doctor: aDoctor(), outcome: 'Approved', reason: 'Why' })

test('a profile counts the values of exactly the fields in any index', () => {
  const shown = new Set(Object.values(INDEX_FIELDS).flat())
  assert.deepEqual(FIELDS.toSorted(), [...shown].sort())
})

test('a profile has the spread of every date field', () => {
  const days = FIELDS.filter((field) => typeof FULL[field] === 'string' && isDay(FULL[field]))
  assert.deepEqual(DAY_FIELDS.toSorted(), days.sort())
})

test('a profile counts the values of coded fields, and GMC designated bodies separately', () => {
  const coded =
    'connectionStatus gmcStatus membershipType programmeOwner tcsDesignatedBody tisStatus underNotice'.split(' ')
  assert.deepEqual(CODED_FIELDS.toSorted(), coded)
})
