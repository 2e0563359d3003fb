import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openApiDocument } from '../../scripts/openapi-document.ts'

test('docs/openapi.json is up to date (npm run reference)', async () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/openapi.json'), 'utf8')
  assert.equal(page, await openApiDocument())
})
