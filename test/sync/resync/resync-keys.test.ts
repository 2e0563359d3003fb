import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { keysOf, keysOfRow, keyText } from '../../../src/sync/resync/resync-keys.ts'

const textsOf = (name: string): string[] => keysOf(name).keys.map((key) => `${key.kind} ${keyText(key)}`)

describe('an operator’s key means', () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['a person and the doctor of that number', '7654321', ['person tcs-7654321', 'number gmc-7654321']],
    ['the same with spaces around it', ' 7654321 ', ['person tcs-7654321', 'number gmc-7654321']],
    ['a person, and the document of that id', '47', ['person tcs-47', 'document gmc-47']],
    ['a person of that id without its zeros', '0047', ['person tcs-47', 'document gmc-0047']],
    ['a document, if the number is larger than any id', '9'.repeat(20), [`document gmc-${'9'.repeat(20)}`]],
    ['a document, as stored', 'UNKNOWN ', ['document gmc-UNKNOWN ']],
    ['a document, if the number is negative', '-5', ['document gmc--5']],
    ['the person of a row id', 'tcs-47', ['document gmc-tcs-47', 'person tcs-47']],
    [
      'the document of a row id, with and without the spaces after it',
      'gmc-TEXT ',
      ['document gmc-gmc-TEXT ', 'document gmc-TEXT', 'document gmc-TEXT '],
    ],
    ['the doctor of a row id', 'gmc-7654321', ['document gmc-gmc-7654321', 'number gmc-7654321']],
  ]
  for (const [what, name, keys] of cases) test(`${what}: ${name}`, () => assert.deepEqual(textsOf(name), keys))

  for (const name of ['', '   ', 'x'.repeat(129), 'half a \ud835']) {
    test(`nothing, where no document can have that id: ${JSON.stringify(name.slice(0, 10))}`, () => {
      assert.throws(() => keysOf(name), { code: 'USAGE', message: /neither a number nor an id/ })
    })
  }
})

describe('a failure named', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['tcs-47', ['tcs-47']],
    ['gmc-7654321', ['gmc-7654321']],
    ['gmc- 7654321', ['gmc-7654321', 'gmc- 7654321']],
    ['gmc-UNKNOWN', ['gmc-UNKNOWN']],
    ['gmc-', []],
    ['tcs-x', []],
    ['message 7 of a1, row 3', []],
  ]
  for (const [name, keys] of cases) {
    test(`${name} has ${keys.length} keys`, () => assert.deepEqual(keysOfRow(name).keys.map(keyText), keys))
  }
})
