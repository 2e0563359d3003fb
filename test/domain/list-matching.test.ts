import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Doctor } from '../../src/domain/doctor.ts'
import { compareRows, listOf, matches, searchOf, suggestionsOf } from '../../src/domain/list-matching.ts'
import { LISTS, SORT_COLUMNS, type ListName, type SortColumn } from '../../src/domain/list-query.ts'
import { programmeKey, searchKeysOf, sortKeyOf } from '../../src/domain/search-keys.ts'
import { squashed, words } from '../../src/domain/words.ts'
import { listedRows, listQueries } from '../contract/list-reader/arbitraries.ts'
import { listQuery, type Asked } from '../contract/list-reader/asking.ts'
import { personRow } from '../contract/list-reader/fixture.ts'
import { sourceOf } from '../contract/list-reader/place.ts'
import { TODAY } from './examples.ts'

const anyRows = listedRows.map((rows) => rows.map(sourceOf))

const ADA = sourceOf(
  personRow(1, { first: 'Ada', last: "O'Neil Smith", number: '1234567', programme: 'Core | Surgery' }),
)

function isFound(search: string, asked: Asked = {}): boolean {
  return matches(ADA.document, listQuery({ ...asked, search }))
}

describe('searching', () => {
  test('what somebody types is folded; blank text is no search, text without letters finds nothing', () => {
    assert.equal(searchOf(' \u00a0'), null)
    assert.deepEqual(searchOf('*'), { words: [], phrase: '', squashed: '' })
    assert.deepEqual(searchOf("O'Neil-smith"), {
      words: ['oneil', 'smith'],
      phrase: 'oneil smith',
      squashed: 'oneilsmith',
    })
    assert.equal(searchOf('a b c d e f g h i j')?.words.length, 8)
  })

  test('doctors are found by the start of each word, the number, or a phrase of one programme', () => {
    const found = (search: string) => isFound(search, { list: 'doctors' })
    for (const search of ['ada', 'smi ad', 'oneilsmith', "o'n", '1234567', '12-34', 'surg', 'core'])
      assert.ok(found(search), search)
    for (const search of ['da', 'mith', 'ada jones', '234', 'urg', 'core surgery', '*'])
      assert.ok(!found(search), search)
  })

  test('connections are found by a part of either name, or the start of the number', () => {
    for (const list of ['all', 'connected', 'disconnected', 'exception'] as const) {
      for (const search of ['da', 'il-smi', '123']) assert.ok(isFound(search, { list }), search)
      for (const search of ['ada smith', 'smith oneil', '345', 'surg']) assert.ok(!isFound(search, { list }), search)
    }
  })

  test('discrepancies are found as doctors are, but not by the programme', () => {
    assert.ok(isFound('smith ada', { list: 'discrepancies' }))
    assert.ok(!isFound('surg', { list: 'discrepancies' }))
  })

  test('names of programmes are apart', () => {
    assert.equal(programmeKey('General Surgery | Core (East)'), ' general surgery \u0001 core east ')
    assert.equal(programmeKey(' | — |'), '')
    assert.equal(programmeKey(null), '')
  })

  test('a row is found by what it shows', () => {
    fc.assert(
      fc.property(anyRows, fc.constantFrom(...LISTS), (rows, list: ListName) => {
        for (const { document } of rows) {
          for (const value of [document.gmcReferenceNumber, document.doctorFirstName, document.doctorLastName]) {
            if (value === null || words(value) === '' || words(value).split(' ').length > 8) continue
            assert.ok(matches(document, listQuery({ list, search: value })), value)
          }
        }
      }),
    )
  })

  test('the keys of the names are those that rows are sorted by', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        for (const { document } of rows) {
          const { number, first, last } = searchKeysOf(document)
          assert.equal(sortKeyOf(document, 'gmcReferenceNumber'), number || null)
          assert.equal(sortKeyOf(document, 'doctorFirstName'), first || null)
          assert.equal(sortKeyOf(document, 'doctorLastName'), last || null)
        }
      }),
    )
  })
})

describe('filters', () => {
  const passes = (filters: NonNullable<Asked['filters']>, doctor: Partial<Doctor> = {}) =>
    matches(
      sourceOf(personRow(1, { first: 'A', last: 'B', programme: 'Core | General Surgery', doctor })).document,
      listQuery({ filters }),
    )
  const on = (from: string | null, to: string | null, submissionDate: string | null = '2027-01-05') =>
    passes({ days: { submissionDate: { from, to } } }, { submissionDate })

  test('days are inclusive; a row without a day is not within any', () => {
    assert.ok(on('2027-01-05', '2027-01-05'))
    assert.ok(on(null, null, null))
    for (const [from, to] of [
      ['2027-01-06', null],
      [null, '2027-01-04'],
    ] as const)
      assert.ok(!on(from, to))
    for (const [from, to] of [
      ['2000-01-01', null],
      [null, '2100-01-01'],
    ] as const)
      assert.ok(!on(from, to, null))
    assert.ok(!passes({ days: { membershipEndDate: { from: '2100-01-01', to: null } } }))
  })

  test('under notice is YES alone', () => {
    assert.ok(passes({ underNotice: true }, { underNotice: 'YES' }))
    for (const underNotice of ['NO', 'ON_HOLD', null] as const) {
      assert.ok(!passes({ underNotice: true }, { underNotice }))
      assert.ok(passes({ underNotice: false }, { underNotice }))
    }
  })

  test('a programme is a phrase of whole words', () => {
    for (const name of ['General Surgery', 'surgery', 'core']) assert.ok(passes({ programmeName: words(name) }), name)
    for (const name of ['general surg', 'eneral surgery', 'core general'])
      assert.ok(!passes({ programmeName: words(name) }), name)
  })

  test('statuses are one of several, or none; an admin is the same in any case; no row was connected by anybody', () => {
    assert.ok(passes({ tisStatus: ['DRAFT', null] }, { doctorStatus: 'DRAFT' }))
    assert.ok(passes({ tisStatus: ['DRAFT', null] }, { doctorStatus: null }))
    assert.ok(!passes({ tisStatus: ['DRAFT'] }, { doctorStatus: null }))
    assert.ok(passes({ gmcStatus: [null] }))
    assert.ok(!passes({ gmcStatus: ['Approved'] }))
    assert.ok(passes({ admin: squashed('A@EXAMPLE.nhs.uk') }, { admin: 'a@example.NHS.uk' }))
    assert.ok(!passes({ admin: squashed('b@example.nhs.uk') }, { admin: 'a@example.nhs.uk' }))
    assert.ok(!passes({ connectedBy: true }))
  })
})

describe('order', () => {
  test('does not depend on case, accents and apostrophes; then last name, first name and id, A to Z in both directions', () => {
    const named = [
      ['Ä', 'Smith'],
      ['Á', 'Smith'],
      ['B', 'Smith'],
      ['a', "O'Brien"],
      ['a', 'Obrien'],
      ['Z', null],
    ] as const
    const rows = named.map(([first, last], at) => sourceOf(personRow(9 - at, { first, last })))
    const shown = (column: SortColumn, direction: 'asc' | 'desc') =>
      rows
        .toSorted((a, b) => compareRows(a, b, { column, direction }))
        .map(({ document: { doctorFirstName, doctorLastName } }) => `${doctorFirstName} ${doctorLastName ?? ''}`.trim())
    const byFirst = [`a Obrien`, "a O'Brien", 'Á Smith', 'Ä Smith']
    assert.deepEqual(shown('doctorFirstName', 'asc'), [...byFirst, 'B Smith', 'Z'])
    assert.deepEqual(shown('doctorFirstName', 'desc'), ['Z', 'B Smith', ...byFirst])
    assert.deepEqual(shown('submissionDate', 'desc'), [...byFirst, 'B Smith', 'Z'])
    assert.deepEqual(shown('doctorLastName', 'desc'), ['Á Smith', 'Ä Smith', 'B Smith', `a Obrien`, "a O'Brien", 'Z'])
  })

  const order = fc.record({
    column: fc.constantFrom(null, ...SORT_COLUMNS),
    direction: fc.constantFrom('asc' as const, 'desc' as const),
  })

  test('is total: no two rows are equal, whatever the order they come in', () => {
    fc.assert(
      fc.property(anyRows, order, (rows, each) => {
        const sorted = rows.toSorted((a, b) => compareRows(a, b, each))
        assert.deepEqual(
          rows.toReversed().toSorted((a, b) => compareRows(a, b, each)),
          sorted,
        )
        for (const [at, row] of sorted.entries()) {
          const next = sorted[at + 1]
          if (next !== undefined) assert.ok(compareRows(row, next, each) < 0)
        }
      }),
    )
  })

  test('rows without a value come last, both ways', () => {
    fc.assert(
      fc.property(anyRows, fc.constantFrom(...SORT_COLUMNS), (rows, column) => {
        for (const direction of ['asc', 'desc'] as const) {
          const sorted = rows.toSorted((a, b) => compareRows(a, b, { column, direction }))
          const missing = sorted.map(({ document }) => sortKeyOf(document, column) === null)
          assert.deepEqual(
            missing,
            missing.toSorted((a, b) => Number(a) - Number(b)),
          )
        }
      }),
    )
  })

  test('a search, a filter or a body takes rows away and moves none', () => {
    fc.assert(
      fc.property(anyRows, listQueries, (rows, query) => {
        const whole = listOf(rows, listQuery({ list: query.list, order: query.order }), TODAY)
        const kept = new Set(listOf(rows, query, TODAY))
        assert.deepEqual(
          whole.filter((row) => kept.has(row)),
          [...kept],
        )
      }),
    )
  })
})

test('suggestions are the most frequent first, then by code point, and twenty at most', () => {
  const programmes = ['Z', 'A', 'B', 'Z', ...Array.from({ length: 30 }, (_, at) => `M ${at + 10}`)]
  const rows = programmes.map((programme, at) => sourceOf(personRow(at + 1, { first: 'A', last: 'B', programme })))
  const query = { ...listQuery(), field: 'programmeName' as const, phrase: words('') }
  assert.deepEqual(suggestionsOf(rows, query, TODAY).slice(0, 4), ['Z', 'A', 'B', 'M 10'])
  assert.equal(suggestionsOf(rows, query, TODAY).length, 20)
  assert.deepEqual(suggestionsOf(rows, { ...query, phrase: words('25') }, TODAY), ['M 25'])
  const withoutLetters = sourceOf(personRow(1, { first: 'A', last: 'B', programme: '—' }))
  assert.deepEqual(suggestionsOf([withoutLetters], query, TODAY), ['—'])
})
