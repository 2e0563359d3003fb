import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assemble } from '../../src/domain/assemble.ts'
import { requiredIn, tableDifference } from '../../src/domain/table-difference.ts'
import { aDoctor, aTrainee, someParts } from './examples.ts'

const MASTER = assemble(
  someParts({ trainee: aTrainee({ programmeMembershipEndDate: '2026-06-01' }), doctor: aDoctor(), reason: null }),
)

test('a table must have the rows of its list on its day, with the fields of the list', () => {
  assert.equal(MASTER.connectionStatus, 'Yes')
  assert.equal(requiredIn('connectedindex', null, '2026-06-01'), null)
  assert.equal(requiredIn('disconnectedindex', MASTER, '2026-06-01'), null)
  assert.equal(requiredIn('exceptionindex', MASTER, '2026-06-01'), null)
  assert.equal(requiredIn('exceptionindex', MASTER, '2026-06-02')?.membershipEndDate, '2026-06-01')
  assert.ok(!('lastUpdatedDate' in (requiredIn('connectedindex', MASTER, '2026-06-01') ?? {})))
})

test('a row of a table is missing, surplus, or different in fields of its list', () => {
  const required = requiredIn('connectedindex', MASTER, '2026-06-01')
  assert.ok(required)
  const compare = (found: typeof required | null, wanted: typeof required | null = required) =>
    tableDifference('connectedindex', 'tcs-1', wanted, found)
  const named = { list: 'connectedindex', id: 'tcs-1' } as const
  assert.equal(compare({ ...required }), null)
  assert.equal(compare(null, null), null)
  assert.deepEqual(compare(null), { ...named, kind: 'missing', fields: [] })
  assert.deepEqual(compare(required, null), { ...named, kind: 'surplus', fields: [] })
  const changed = { ...required, doctorFirstName: 'another', exceptionReason: 'by another' }
  assert.deepEqual(compare(changed), {
    ...{ ...named, kind: 'different' },
    fields: ['doctorFirstName', 'exceptionReason'],
  })
})
