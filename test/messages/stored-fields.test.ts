import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { dayOrNull } from '../../src/domain/day.ts'
import { idText, STORED_DATE, STORED_ID, storedDay } from '../../src/messages/stored-fields.ts'
import { day } from './arbitraries.ts'

function read(date: unknown): string | null {
  return storedDay(STORED_DATE.parse(date))
}

describe('a stored date', () => {
  test('is decoded from every form', () => {
    const forms = [
      '2027-02-01',
      '2027-02-01 00:00:00',
      '2027-02-01T23:59:59.999Z',
      '2027-02-01T00:00:00',
      [2027, 2, 1],
      [2027, 2, 1, 0, 0],
      { $date: '2027-02-01T00:00:00Z' },
      { $date: '2027-02-01T00:00:00.000+0000' },
      { $date: 1801440000000 },
      { $date: { $numberLong: '1801440000000' } },
    ]
    for (const form of forms) assert.equal(read(form), '2027-02-01', JSON.stringify(form))
  })

  test('with an offset is the day in UTC', () => {
    assert.equal(read({ $date: '2027-02-01T00:30:00+01:00' }), '2027-01-31')
    assert.equal(read({ $date: '2027-01-31T23:30:00-01:00' }), '2027-02-01')
  })

  test('may be before 1970', () => {
    assert.equal(read({ $date: -1 }), '1969-12-31')
    assert.equal(read({ $date: { $numberLong: '-86400000' } }), '1969-12-31')
  })

  test('is the same day in each form', () => {
    fc.assert(
      fc.property(day, (each) => {
        const instant = Date.parse(`${each}T00:00:00Z`)
        assert.equal(read(each.split('-').map(Number)), each)
        assert.equal(read({ $date: instant }), each)
        assert.equal(read({ $date: { $numberLong: String(instant) } }), each)
        assert.equal(read({ $date: `${each}T00:00:00Z` }), each)
        assert.equal(read(`${each} 12:34:56`), each)
      }),
    )
  })

  test('that is invalid stays text, for the rules to reject', () => {
    const impossible = [
      '2021-02-30 00:00:00',
      '2021-02-30',
      'soon',
      '2027-02-01T99:99 or so',
      [2021, 2, 30],
      [2021, 2],
      [],
      [2021, 1.5, 1],
      [-2021, 1, 1],
      { $date: '2021-02-30T00:00:00Z' },
      { $date: 'soon' },
      { $date: 'T+01:00' },
      { $date: 1e300 },
      { $date: 253402300800000 },
    ]
    for (const form of impossible) {
      assert.throws(() => dayOrNull('date', read(form)), { code: 'ROW_DATE_IMPOSSIBLE' }, JSON.stringify(form))
    }
  })

  test('that is null or absent is null; blank text is left to the rules', () => {
    assert.equal(read(null), null)
    assert.equal(read(undefined), null)
    assert.equal(dayOrNull('date', read(' ')), null)
  })

  test('of another type is invalid', () => {
    for (const wrong of [
      1801440000000,
      true,
      {},
      ['2027'],
      { $date: null },
      { $date: { $numberLong: 'x' } },
      { $numberLong: '1' },
    ]) {
      assert.equal(STORED_DATE.safeParse(wrong).success, false, JSON.stringify(wrong))
    }
  })
})

test('an id is text, whether stored as text or ObjectId', () => {
  const read = (id: unknown) => idText(STORED_ID.parse(id))
  assert.equal(read({ $oid: '5f0000000000000000000008' }), '5f0000000000000000000008')
  assert.equal(read(' 7001003'), ' 7001003')
  for (const none of [null, undefined, '', ' ', { $oid: '' }]) assert.equal(read(none), null)
})
