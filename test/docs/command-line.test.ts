import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { EXIT, exitStatusOf } from '../../src/cli/exit-status.ts'
import { ERROR_CODES, type ErrorCode } from '../../src/errors/codes.ts'

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/command-line.md'), 'utf8')

test('docs/command-line.md lists every exit status, and the codes that lead to it', () => {
  const rows = [...PAGE.matchAll(/^\| (\d+) +\| (.+) \|$/gm)]
  assert.deepEqual(
    rows.map(([, status]) => Number(status)),
    Object.values(EXIT),
  )
  for (const [, status, meaning = ''] of rows) {
    const named = [...meaning.matchAll(/`([A-Z_]+)`/g)].map(([, code]) => code)
    const codes = Object.keys(ERROR_CODES) as ErrorCode[]
    const own = Number(status) === EXIT.failed ? [] : codes.filter((code) => exitStatusOf(code) === Number(status))
    assert.deepEqual(named.sort(), own.sort(), status)
  }
})
