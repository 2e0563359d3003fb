import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { rowsOfNumber } from '../../../src/domain/row.ts'
import { hintedKeyText } from '../../../src/messages/hint.ts'
import type { RefreshCause } from '../../../src/ports/changes.ts'
import { RowOrigins } from '../../../src/sync/refresh/row-origins.ts'
import { aDoctor, aRow, aTrainee } from '../../domain/examples.ts'
import { document, number, person } from './refreshing.ts'

const NUMBER = '7000001'
const BEFORE = aRow('tcs-1', { trainee: aTrainee({ tcsPersonId: 1, gmcReferenceNumber: NUMBER }) })
const AFTER = aRow('tcs-1', { trainee: aTrainee({ tcsPersonId: 1, gmcReferenceNumber: '7000002' }) })
const OTHER = aRow('tcs-9', { trainee: aTrainee({ tcsPersonId: 9, gmcReferenceNumber: '7000009' }) })

const causes = (...given: readonly (readonly [key: Parameters<typeof hintedKeyText>[0], ...of: RefreshCause[]])[]) =>
  new Map(given.map(([key, ...of]) => [hintedKeyText(key), of]))

describe('a row that a refresh writes says why', () => {
  test('with the one cause of all keys', () => {
    assert.deepEqual(new RowOrigins(5, 'repair').of(null, OTHER), { at: 5, causes: ['repair'] })
    const alike = new RowOrigins(5, causes([person(1), 'doctorChanged'], [person(2), 'doctorChanged']))
    assert.deepEqual(alike.of(null, OTHER), { at: 5, causes: ['doctorChanged'] })
  })

  test('with those of its person and of its numbers, before and after', () => {
    const origins = new RowOrigins(
      5,
      causes(
        [number('7000002'), 'reasons'],
        [number(NUMBER), 'recommendationChanged', 'doctorChanged'],
        [person(1), 'traineeChanged'],
        [person(2), 'resync'],
      ),
    )
    const all: RefreshCause[] = ['traineeChanged', 'doctorChanged', 'recommendationChanged', 'reasons']
    assert.deepEqual(origins.of(BEFORE, AFTER).causes, all)
    assert.deepEqual(origins.of(null, AFTER).causes, ['traineeChanged', 'reasons'])
    assert.deepEqual(origins.of(null, aRow('tcs-2', { trainee: aTrainee({ tcsPersonId: 2 }) })).causes, ['resync'])
  })

  test('with that of its document', () => {
    const [row = OTHER] = rowsOfNumber([], {
      doctor: aDoctor({ gmcReferenceNumber: 'X' }),
      outcome: null,
      reason: null,
    })
    const origins = new RowOrigins(5, causes([document('X'), 'doctorChanged'], [person(1), 'traineeChanged']))
    assert.deepEqual(origins.of(null, row).causes, ['doctorChanged'])
  })

  test('with all of them, in their order, if the keys only led to it', () => {
    const origins = new RowOrigins(5, causes([number(NUMBER), 'reasons'], [person(1), 'traineeChanged']))
    assert.deepEqual(origins.of(null, OTHER), { at: 5, causes: ['traineeChanged', 'reasons'] })
  })
})
