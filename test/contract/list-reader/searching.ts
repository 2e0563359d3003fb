import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ListName } from '../../../src/domain/list-query.ts'
import { namesFound } from './asking.ts'
import { LONG_NAME } from './fixture.ts'
import type { Filled } from './place.ts'

/** What somebody types into a search, and whom they find. */
type Case = readonly [typed: string, ...found: string[]]

const OBRIENS = ["Mary O'Brien", 'Jo OʼBrien', 'Pat O’Brien'].sort()
const SMITH_JONES = ['Ann Smith-Jones', 'Bob Smith\u2011Jones', 'Carl Smith Jones'].sort()
const SIANS = ['Siân Evans', 'Sia\u0302n Hughes'].sort()

/** Lists that look for the words of a search at the start of words. */
const BY_WORDS: readonly Case[] = [
  ['sian', ...SIANS],
  ['SIÂN', ...SIANS],
  ['Sia\u0302n', ...SIANS],
  ...['obrien', "o'brien", 'O’BRIEN', "o'b", 'O´Brien'].map((typed): Case => [typed, ...OBRIENS]),
  ...['smith-j', 'smith j'].map((typed): Case => [typed, ...SMITH_JONES, 'John Smith']),
  ...['smithjones', 'SMITH\u2011JONES'].map((typed): Case => [typed, ...SMITH_JONES]),
  ['jones', ...SMITH_JONES],
  ...['delacruz', 'de la cruz', 'cruz', 'cruz juan'].map((typed): Case => [typed, 'Juan de la Cruz']),
  ...['john smith', 'smith john', 'smi joh'].map((typed): Case => [typed, 'John Smith']),
  ['ohn'],
  ['oyvind', 'Øyvind Strauß'],
  ['strauss', 'Øyvind Strauß'],
  ['lukasz', 'Łukasz Đặng'],
  ['dang', 'Łukasz Đặng'],
  ['ΟΔΥΣΣΕΥΣ', 'Οδυσσεύς Ελύτης'],
  ['οδυσσευ', 'Οδυσσεύς Ελύτης'],
  ['李', '小龍 李'],
  ['fio', 'ﬁona Þór'],
  ['thor', 'ﬁona Þór'],
  ['isik aethel', 'Işık Æthelred'],
  ['null', 'Nul Null'],
  ['longname lou', `Lou ${LONG_NAME}`],
  // More words than are looked at: the ninth may be any.
  ['de la cruz juan de la cruz juan ignored', 'Juan de la Cruz'],
]

/** Lists that look for the squashed text anywhere in a name. */
const BY_CONTENT: readonly Case[] = [
  ['mit', ...[...SMITH_JONES, 'John Smith'].sort()],
  ['th-jo', ...SMITH_JONES],
  ['ohn', 'John Smith'],
  ["'brien", ...OBRIENS],
  ['ruz', 'Juan de la Cruz'],
  ['e la c', 'Juan de la Cruz'],
  ['ohn smi'],
  ['龍', '小龍 李'],
  ['auß', 'Øyvind Strauß'],
]

const BY_NUMBER: readonly Case[] = [
  ['12345', 'Nora Number', 'Olga Number', 'Paul Number'],
  ['1234567', 'Nora Number', 'Olga Number'],
  ['1234567 old', 'Olga Number'],
  ['１２３４５９９', 'Paul Number'],
  ['12345678'],
  ['234567'],
  ['unk', 'Quinn Number'],
]

const BY_PROGRAMME: readonly Case[] = [
  ['general sur', 'Prue One', 'Prue Two'],
  ['GENERAL-SUR', 'Prue One', 'Prue Two'],
  ['eneral'],
  ['surgery general'],
  // Two programmes are not one phrase.
  ['surgery core', 'Prue Three'],
  ['common stem east', 'Prue Four'],
]

/** Text that is syntax somewhere, and no letters. */
const NO_LETTERS = ['*', '?', '\\', '"', '{}', '%', '_', '()', '/.*/', '\0', '😀', "' = --"]

/** Text that is syntax somewhere, with letters, and whom its letters find by words. */
const WITH_LETTERS: readonly Case[] = [
  ['a*b'],
  ["' OR 1=1 --"],
  ['(a)+ b{2}'],
  ['smi*joh', 'John Smith'],
  ['j?hn'],
  ['jo* smith', 'Ann Smith-Jones', 'Bob Smith\u2011Jones', 'Carl Smith Jones', 'John Smith'],
  ['"john" \\smith', 'John Smith'],
  ['<john> {smith}', 'John Smith'],
  ['lastName:smith'],
  ['john\0smith', 'John Smith'],
]

export function searching(filled: () => Filled): void {
  const finds = (list: ListName, cases: readonly Case[]) => {
    for (const [typed, ...found] of cases) {
      test(`${list}: ${JSON.stringify(typed)}`, async () => {
        assert.deepEqual(await namesFound(filled(), { list, search: typed }), found)
      })
    }
  }

  describe('searching', () => {
    finds('doctors', [...BY_WORDS, ...BY_NUMBER, ...BY_PROGRAMME, ...WITH_LETTERS])
    finds('all', [...BY_CONTENT, ...BY_NUMBER])
    finds('connected', [...BY_CONTENT, ...BY_NUMBER])
    finds('disconnected', [['orth', 'Dis North']])
    finds('exception', [['sitor', 'Exc Visitor']])
    finds('discrepancies', [['con', 'Con London', 'Con Ungraded', 'Con Wessex'], ['on'], ['general']])

    test('all completions of a word are found, however many', async () => {
      for (const search of ['endocrinology', 'endoc', 'max exp']) {
        assert.equal((await namesFound(filled(), { list: 'doctors', search })).length, 60, search)
      }
      assert.equal((await namesFound(filled(), { list: 'doctors', search: 'endocrinology 7' })).length, 1)
    })

    test('one or two letters are enough', async () => {
      for (const search of ['j', 'jo', '1', 'o']) {
        for (const list of ['doctors', 'all', 'discrepancies'] as const) {
          const found = await namesFound(filled(), { list, search })
          assert.ok(list === 'discrepancies' || found.length > 0, `${list} ${search}`)
        }
      }
    })

    test('text without letters and digits finds nothing, blank text is no search', async () => {
      for (const list of ['doctors', 'all', 'exception', 'discrepancies'] as const) {
        for (const search of NO_LETTERS) assert.deepEqual(await namesFound(filled(), { list, search }), [], search)
        for (const search of ['', ' ', '\u00a0\t']) assert.ok((await namesFound(filled(), { list, search })).length > 0)
      }
    })

    test('a text as long as may be kept finds nothing, and breaks nothing', async () => {
      for (const search of ['a'.repeat(256), 'a b'.repeat(80), '李'.repeat(256), `john ${'x'.repeat(251)}`]) {
        for (const list of ['doctors', 'all', 'discrepancies'] as const) {
          assert.deepEqual(await namesFound(filled(), { list, search }), [])
        }
      }
    })
  })
}
