import assert from 'node:assert/strict'
import { test } from 'node:test'
import { csvOf, jsonOf } from '../../src/app/comparison-output.ts'
import { assemble } from '../../src/domain/assemble.ts'
import { rowDifference, type ComparedRow } from '../../src/domain/comparison.ts'

test('as CSV, a row without any values has a line too', async () => {
  const parts = { trainee: null, doctor: null, outcome: null, reason: null }
  const stray: ComparedRow = {
    row: { id: 'a,b', parts },
    // A document that another program wrote may lack even what every row of ours has.
    document: { ...assemble(parts), ...(JSON.parse('{"connectionStatus":null}') as object) },
    wrongKeys: ['parts'],
  }
  const difference = rowDifference(stray, null)
  assert.ok(difference !== null)
  async function* once() {
    yield await Promise.resolve([difference].filter((each) => each !== null))
  }
  const lines = (await Array.fromAsync(csvOf(once()))).join('').split('\r\n')
  assert.deepEqual(lines, ['id,kind,field,before,after', '"a,b",surplus,,,', ''])
})

test('an error that comes first stands alone', async () => {
  const failing = async function* (): AsyncGenerator<readonly []> {
    await Promise.reject(new Error('nothing can be read'))
    yield []
  }
  for (const output of [csvOf, jsonOf]) {
    await assert.rejects(output(failing()).next(), /nothing can be read/)
  }
})

test('without differences, the output is complete', async () => {
  async function* none() {
    yield* await Promise.resolve<readonly [][]>([])
  }
  assert.equal((await Array.fromAsync(csvOf(none()))).join(''), 'id,kind,field,before,after\r\n')
  assert.equal((await Array.fromAsync(jsonOf(none()))).join(''), '{"missing":[],"surplus":[],"different":[]}\n')
})
