import assert from 'node:assert/strict'
import { test } from 'node:test'
import { adminViews } from '../../src/app/lists/reference-data.ts'
import { readConfig } from '../../src/config/config.ts'
import { faultsOf } from './faults-of.ts'
import { fileWith } from './file-with.ts'

test('the admins of a file, as the clients show them', (t) => {
  const path = fileWith(t, '[{"firstName":"Ada","lastName":"Byron","emailAddress":"ada@example.nhs.uk"}]')
  const { admins } = readConfig({ REVAL_ADMINS: path }).lists
  assert.deepEqual(adminViews(admins), [
    { firstName: 'Ada', lastName: 'Byron', name: 'Ada Byron', emailAddress: 'ada@example.nhs.uk' },
  ])
})

const REFUSED: readonly (readonly [name: string, text: string, reason: RegExp])[] = [
  ['no JSON', '[{', /is not JSON/],
  ['no list', '{}', /it must be a list/],
  ['a blank name', '[{"firstName":" ","lastName":"B","emailAddress":"a@b"}]', /\[0\]\.firstName must not be blank/],
  ['no address', '[{"firstName":"A","lastName":"B"}]', /\[0\]\.emailAddress must be text/],
]
for (const [name, text, reason] of REFUSED) {
  test(`a file of admins is refused: ${name}`, (t) => {
    const path = fileWith(t, text)
    const faults = faultsOf(() => readConfig({ REVAL_ADMINS: path }))
    assert.match(faults.map((fault) => fault.reason).join('\n'), reason)
  })
}
