import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const SOURCE = join(import.meta.dirname, '../../../src')

test('OpenTelemetry is loaded only by processes that use it', () => {
  const files = globSync('**/*.ts', { cwd: SOURCE })
  const loading = files.filter((file) => {
    const text = readFileSync(join(SOURCE, file), 'utf8')
    return /^import (?!type)[^'\n]*'@opentelemetry/m.test(text)
  })
  assert.deepEqual(loading, [])
  const naming = files.filter((file) => readFileSync(join(SOURCE, file), 'utf8').includes("'@opentelemetry/"))
  assert.deepEqual(
    naming.filter((file) => !file.startsWith('app/telemetry/')),
    [],
  )
})
