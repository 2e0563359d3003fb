import assert from 'node:assert/strict'
import { test } from 'node:test'
import { REFERENCE_PAGES } from '../../scripts/reference-pages.ts'

test('docs/json.md says what every field means', () => {
  const rows = REFERENCE_PAGES['json.md']?.().match(/^\| `.*\|$/gm) ?? []
  assert.ok(rows.length > 100)
  assert.deepEqual(
    rows.filter((row) => /\| +\|$/.test(row) || row.includes('| any |')),
    [],
  )
})
