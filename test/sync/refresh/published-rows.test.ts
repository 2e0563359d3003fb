import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assemble } from '../../../src/domain/assemble.ts'
import type { Row } from '../../../src/domain/row.ts'
import type { Refreshed } from '../../../src/sync/refresh/refresh.ts'
import { rowsToPublish } from '../../../src/sync/refresh/published-rows.ts'
import { aDoctor, aNumber, aRow, aTrainee, stored } from '../../domain/examples.ts'

const BEFORE = aRow('tcs-1', { trainee: aTrainee({ tcsPersonId: 1 }) })
const OTHER = aRow('tcs-2', { trainee: aTrainee({ tcsPersonId: 2, gmcReferenceNumber: '7000002' }) })
const TEXT = aRow('gmc-UNKNOWN', { doctor: aDoctor({ gmcReferenceNumber: 'UNKNOWN' }) })
const differing = (parts: Partial<Row['parts']>): Row => ({ ...BEFORE, parts: { ...BEFORE.parts, ...parts } })

const refreshed = (changes: Refreshed['changes'], rows: readonly Row[] = []): Refreshed => ({
  changes,
  rows,
  failed: [],
  unknown: [],
})
const ids = (rows: readonly Row[]) => rows.map(({ id }) => id)

describe('the rows that are announced', () => {
  test('are those that were created or replaced, and none that was deleted', () => {
    const changed = differing({ doctor: aDoctor() })
    const changes = [
      { id: 'tcs-1', before: stored(BEFORE), after: changed },
      { id: 'tcs-2', before: null, after: OTHER },
      { id: 'gmc-UNKNOWN', before: stored(TEXT), after: null },
    ]
    assert.deepEqual(rowsToPublish(refreshed(changes), []), [changed, OTHER])
  })

  test('are not those that changed in a field that is not published', () => {
    const changes = [{ id: 'tcs-1', before: stored(BEFORE), after: differing({ reason: 'a reason' }) }]
    assert.deepEqual(rowsToPublish(refreshed(changes), []), [])
  })

  test('are also those of which readers saw a field that was wrong', () => {
    const document = { ...assemble(BEFORE.parts), doctorLastName: 'Altered' }
    const change = { id: 'tcs-1', before: stored(BEFORE, { document }), after: BEFORE }
    assert.deepEqual(rowsToPublish(refreshed([change]), []), [BEFORE])
  })

  test('are also the unchanged ones of the keys to repeat', () => {
    const all = refreshed([], [BEFORE, OTHER, TEXT])
    assert.deepEqual(ids(rowsToPublish(all, [{ kind: 'person', tcsPersonId: 1 }])), ['tcs-1'])
    assert.deepEqual(ids(rowsToPublish(all, [{ kind: 'number', number: aNumber('7000002') }])), ['tcs-2'])
    assert.deepEqual(ids(rowsToPublish(all, [{ kind: 'document', storedId: 'UNKNOWN' }])), ['gmc-UNKNOWN'])
    assert.deepEqual(ids(rowsToPublish(all, 'all')), ['tcs-1', 'tcs-2', 'gmc-UNKNOWN'])
  })
})
