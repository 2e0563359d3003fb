import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { pageOfAnswer } from '../../../src/adapters/index-store/opensearch/answer-page.ts'

interface Document {
  readonly id: string
  readonly place: string | null
  readonly source: unknown
}

/** What engines call themselves in an answer, and what they put into a hit besides what was asked for. */
const opensearch = (id: string) => ({ _index: 'g1-1', _id: id, _score: null })
const elasticsearch = (id: string) => ({
  _index: 'g1-1',
  _type: '_doc',
  _id: id,
  _score: null,
  _ignored: ['a.keyword'],
})
/** Another order of the same. */
const reordered = (id: string) => ({ _score: null, _id: id, _index: 'g1-1' })

function answerOf(documents: readonly Document[], head: (id: string) => object): string {
  const hits = documents.map(({ id, place, source }) => ({ ...head(id), _source: source, sort: [place] }))
  return JSON.stringify({
    _scroll_id: 'c2Nyb2xs',
    took: 3,
    timed_out: false,
    _shards: { total: 1, successful: 1, skipped: 0, failed: 0 },
    hits: { total: { value: 70_000, relation: 'eq' }, max_score: null, hits },
  })
}

/** Texts that look like what an answer is cut at. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('"', '\\', '\\"', '{"_index":"g1-1","_id":"x"', '"_source":', ',"sort":["a"]}', ']}}', '"hits":['),
  fc.constantFrom('a",', 'a\\",b', '},{"_index":"g1-1","_id":"x","_score":null,"_source":{}'),
)
const source = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.dictionary(
      fc.constantFrom('a', 'sort', '_source', '_index'),
      fc.oneof(text, fc.constant(null), fc.double(), fc.array(text)),
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue().map((garbage) => ({ reval: { parts: garbage } })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { reval: { parts: { _index: 'g1-1', _id: 'x', _score: null, _source: {}, sort: ['x'] } } },
      { reval: { parts: [{ hits: [{ _index: 'g1-1', _id: 'x' }] }, { sort: ['a'] }, { _source: 1 }] } },
    ),
  },
)
const document = fc.oneof(
  fc.record({ id: text, source }).map(({ id, source: each }) => ({ id, place: id, source: each })),
  fc.record({ id: text, place: fc.option(text), source }),
)

describe('a page cut out of the text of an answer', () => {
  for (const head of [opensearch, elasticsearch, reordered]) {
    test(`is that of the parsed answer: ${head.name}`, () => {
      fc.assert(
        fc.property(fc.array(document, { maxLength: 6 }), (documents) => {
          const page = pageOfAnswer(answerOf(documents, head))
          const { hits } = page
          assert.deepEqual([page.scroll, page.total, page.failedShards], ['c2Nyb2xs', 70_000, 0])
          assert.deepEqual(
            hits.map(({ id, place, source: each }) => ({ id, place, source: JSON.parse(each) as unknown })),
            documents.map((each) => ({ ...each, source: JSON.parse(JSON.stringify(each.source)) as unknown })),
          )
          for (const [at, { source: each }] of hits.entries()) assert.equal(each, JSON.stringify(documents[at]?.source))
        }),
        { numRuns: 400 },
      )
    })
  }

  test('with white space, as of a proxy that formats it', () => {
    const documents = [{ id: 'tcs-1', place: 'tcs-1', source: { a: 1 } }]
    const spaced = JSON.stringify(JSON.parse(answerOf(documents, opensearch)), null, 2)
    assert.deepEqual(pageOfAnswer(spaced).hits, [{ id: 'tcs-1', place: 'tcs-1', source: '{"a":1}' }])
  })

  test('reports failed shards, and that time ran out', () => {
    assert.equal(pageOfAnswer(answerOf([], opensearch).replace('"failed":0', '"failed":2')).failedShards, 2)
    assert.equal(pageOfAnswer(answerOf([], opensearch)).timedOut, false)
    assert.equal(pageOfAnswer(answerOf([], opensearch).replace('"timed_out":false', '"timed_out":true')).timedOut, true)
  })
})
