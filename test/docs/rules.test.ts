import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { CHANGE_RULES, REBUILD_RULES } from '../../src/domain/java/java-rules.ts'
import { cells, rowsOfTable } from './page-rows.ts'

test('docs/rules.md lists the rules that explain differences from the Java services', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/rules.md'), 'utf8')
  const [, section = ''] = page.split('## Intended differences from the reference')
  const [, rebuild = '', changes = ''] = section.split(/makes? these/)
  assert.deepEqual(rowsOfTable(rebuild), rowsOf(REBUILD_RULES))
  assert.deepEqual(rowsOfTable(changes), rowsOf(CHANGE_RULES))
})

function rowsOf(rules: Readonly<Record<string, { readonly reference: string; readonly here: string }>>): string[] {
  return Object.entries(rules).map(([name, { reference, here }]) => cells(`\`${name}\``, reference, here))
}
