import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ERROR_CODES } from '../../src/errors/codes.ts'
import { reval } from '../cli/reval.ts'

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/five-in-the-morning.md'), 'utf8')

test('every command on the page is one, with these options', async () => {
  const named = [...PAGE.matchAll(/(?:^|`|\/bin\/)\s*reval ([a-z]+(?: check)?)((?: (?!#)[^\s`|]+)*)/gm)]
  assert.ok(named.length > 20)
  const used = new Map<string, Set<string>>()
  for (const [, command = '', rest = ''] of named) {
    const options = used.get(command) ?? new Set()
    for (const [option] of rest.matchAll(/--[a-z-]+/g)) options.add(option)
    used.set(command, options)
  }
  for (const [command, options] of used) {
    const { code, out } = await reval([...command.split(' '), '--help'])
    assert.equal(code, 0, command)
    for (const option of options) assert.ok(out.includes(option), `reval ${command} ${option}`)
  }
})

test('every code on the page is one', () => {
  const named = [...PAGE.matchAll(/`([A-Z]+_[A-Z_]+)`/g)].map(([, code = '']) => code)
  const codes = named.filter((code) => !code.startsWith('REVAL_'))
  assert.ok(codes.length > 10)
  assert.deepEqual(
    codes.filter((code) => !(code in ERROR_CODES)),
    [],
  )
})
