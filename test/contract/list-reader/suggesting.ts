import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { suggestionsOf } from '../../../src/domain/list-matching.ts'
import { SUGGESTED_FIELDS, type SuggestQuery } from '../../../src/domain/list-query.ts'
import { words } from '../../../src/domain/words.ts'
import { TODAY } from '../../domain/examples.ts'
import { NORTH, WESSEX } from './fixture.ts'
import type { Filled } from './place.ts'

const TYPED = [
  '',
  'gen',
  'GENERAL SUR',
  'surgery',
  'surgery core',
  'eneral',
  'e',
  'b',
  'example',
  '.*',
  'gen.*',
  'endo',
  'x y',
]

export function suggesting(filled: () => Filled): void {
  describe('suggestions', () => {
    const suggest = async (differing: Partial<SuggestQuery>, typed: string): Promise<readonly string[]> => {
      const { id, reader, rows } = filled()
      const query: SuggestQuery = {
        field: 'programmeName',
        phrase: words(typed),
        bodies: null,
        tisBodies: null,
        unconnected: 'everybody',
        ...differing,
      }
      const found = await reader.suggest(id, query, TODAY)
      assert.deepEqual(found, suggestionsOf(rows, query, TODAY))
      return found
    }

    test('the most frequent values, each once, within the bodies', async () => {
      for (const field of SUGGESTED_FIELDS) {
        for (const bodies of [null, [NORTH], [WESSEX], []]) {
          for (const typed of TYPED) await suggest({ field, bodies }, typed)
        }
      }
    })

    test('values with a word that starts with the text', async () => {
      assert.deepEqual(await suggest({}, 'general sur'), ['Core | General Surgery', 'General Surgery | Core Training'])
      assert.deepEqual(await suggest({}, 'surgery core'), ['Surgery Core'])
      assert.equal((await suggest({}, 'endo')).length, 20)
      assert.deepEqual((await suggest({ field: 'admin' }, '')).slice(0, 1), ['a@example.nhs.uk'])
    })
  })
}
