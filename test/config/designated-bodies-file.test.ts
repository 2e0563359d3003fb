import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { readConfig } from '../../src/config/config.ts'
import { faultsOf } from './faults-of.ts'
import { fileWith } from './file-with.ts'

test('the designated bodies of a file replace the built-in ones', (t) => {
  const bodies = [
    { code: '1-B', owners: ['North', 'South'] },
    { code: '1-A', owners: ['South'] },
  ]
  const plain = fileWith(t, JSON.stringify(bodies))
  assert.deepEqual(readConfig({ REVAL_DESIGNATED_BODIES: plain }).rules.bodies, bodies)
  const marked = fileWith(t, `\uFEFF${JSON.stringify(bodies)}`)
  assert.deepEqual(readConfig({ REVAL_DESIGNATED_BODIES: marked }).rules.bodies, bodies)
})

const REFUSED: readonly (readonly [name: string, text: string, reasons: readonly RegExp[]])[] = [
  ['no JSON', '[{', [/is not JSON/]],
  ['no list', '{"code":"1-A","owners":["North"]}', [/it must be a non-empty list/]],
  ['no bodies', '[]', [/it must be a non-empty list/]],
  ['no owners', '[{"code":"1-A","owners":[]}]', [/\[0\]\.owners must be a non-empty list/]],
  [
    'blank texts',
    '[{"code":" ","owners":["North",""]}]',
    [/\[0\]\.code must not be blank/, /\[0\]\.owners\[1\] must not be blank/],
  ],
  ['a number', '[{"code":1,"owners":["North"]}]', [/\[0\]\.code must be text/]],
  ['an extra field', '[{"code":"1-A","owners":["North"],"owner":"South"}]', [/\[0\] .*"owner"/]],
  ['a code twice', '[{"code":"1-A","owners":["N"]},{"code":"1-A","owners":["S"]}]', [/\[1\]\.code duplicates/]],
]

for (const [name, text, reasons] of REFUSED) {
  test(`a file with ${name} is refused, naming the place`, (t) => {
    const path = fileWith(t, text)
    const faults = faultsOf(() => readConfig({ REVAL_DESIGNATED_BODIES: path }))
    assert.equal(faults.length, reasons.length)
    for (const [at, reason] of reasons.entries()) {
      assert.deepEqual([faults[at]?.setting, faults[at]?.value], ['REVAL_DESIGNATED_BODIES', path])
      assert.match(faults[at]?.reason ?? '', reason)
    }
  })
}

test('a missing file, or a directory, is refused', (t) => {
  const folder = join(fileWith(t, '[]'), '..')
  for (const path of [join(folder, 'missing.json'), folder]) {
    const faults = faultsOf(() => readConfig({ REVAL_DESIGNATED_BODIES: path }))
    assert.deepEqual([faults.length, /cannot read/.test(faults[0]?.reason ?? '')], [1, true])
  }
})
