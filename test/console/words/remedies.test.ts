import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consoleRemedy } from '../../../src/console/words/remedies.ts'
import { ERROR_CODES, type ErrorCode } from '../../../src/errors/codes.ts'

/** Commands that have an action or a page in the console, and routes. */
const HAS_A_PAGE =
  /\breval (?:sync|status|runs|promote|discard|rollback|cancel|compare|verify|failures|errors|config|explain|resync)\b|\b(?:GET|POST) \/|Bearer/

const CODES = Object.keys(ERROR_CODES) as ErrorCode[]

test('a remedy in the console names no command or route for what a page does', () => {
  const named = CODES.filter((code) => HAS_A_PAGE.test(consoleRemedy(code)))
  assert.deepEqual(named, [])
})

test('a remedy that names no such command is the same everywhere', () => {
  assert.equal(consoleRemedy('DISK_FULL'), ERROR_CODES.DISK_FULL)
  assert.notEqual(consoleRemedy('RUN_IN_PROGRESS'), ERROR_CODES.RUN_IN_PROGRESS)
})

test('remedies keep to the words of the console', () => {
  const wrong = /\b(?:please|sign in|log-in page|e\.g\.|i\.e\.|click)\b/i
  assert.deepEqual(
    CODES.filter((code) => wrong.test(consoleRemedy(code))),
    [],
  )
})
