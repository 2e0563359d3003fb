import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assemble } from '../../src/domain/assemble.ts'
import { belongsTo, documentIn, INDEX_NAMES } from '../../src/domain/lists.ts'
import { TODAY } from './examples.ts'
import { rowsOf, sampleSources } from './sample-rows.ts'
import { linesOf } from './sample-source.ts'

for (const index of INDEX_NAMES) {
  test(`the sample gives exactly the expected documents of ${index}`, () => {
    const assembled = rowsOf(sampleSources()).map(({ parts }) => assemble(parts))
    const documents = assembled.filter((each) => belongsTo(index, each, TODAY)).map((each) => documentIn(index, each))
    const expected = linesOf(`expected/${index}.ndjson`)
    assert.ok(expected.length > 0)
    // Keys are sorted on both sides, so equal documents are equal strings.
    const texts = (of: readonly unknown[]) => of.map((each) => JSON.stringify(each)).sort()
    assert.deepEqual(texts(documents), texts(expected))
  })
}
