import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { RevalError } from '../../src/errors/reval-error.ts'
import type { DecodedRows } from '../../src/messages/decoded-rows.ts'
import { decodeDoctors, encodeDoctors } from '../../src/messages/doctor.ts'
import { decodeMasterRows, encodeMasterRows } from '../../src/messages/master-row.ts'
import { decodeTrainees, encodeTrainees } from '../../src/messages/trainee.ts'
import { trainee } from './arbitraries.ts'
import { bytes, jsonBytes, refuses, textOf } from './bodies.ts'

const DECODERS: Readonly<Record<string, (message: Uint8Array) => DecodedRows<unknown>>> = {
  trainees: decodeTrainees,
  doctors: decodeDoctors,
  'master rows': decodeMasterRows,
}

for (const [what, decode] of Object.entries(DECODERS)) {
  describe(`a message of ${what}`, () => {
    test('that is not JSON is rejected', () => {
      for (const body of ['', '{', 'syncStart', '{"tcsPersonId":1}{"tcsPersonId":2}', "{'a':1}", '[1,]']) {
        refuses(() => decode(bytes(body)), 'MESSAGE_NOT_JSON', 'body', /not JSON/)
      }
      refuses(() => decode(Uint8Array.of(0x22, 0xc3, 0x28, 0x22)), 'MESSAGE_NOT_JSON', 'body', /not UTF-8/)
    })

    test('that is neither object nor array, or is empty, is rejected', () => {
      refuses(() => decode(bytes('{}')), 'MESSAGE_INVALID', 'body', /empty object/)
      refuses(() => decode(bytes(' [ ] ')), 'MESSAGE_INVALID', 'body', /empty array/)
      refuses(() => decode(bytes('"syncStart"')), 'MESSAGE_INVALID', 'body', /got "syncStart"/)
      refuses(() => decode(bytes('null')), 'MESSAGE_INVALID', 'body', /got null/)
      refuses(() => decode(bytes('17')), 'MESSAGE_INVALID', 'body', /got 17/)
    })

    test('gives a row or a fault for each element', () => {
      const { faults, rows, end } = decode(jsonBytes([null, 5, 'text', [{}], {}]))
      assert.deepEqual({ rows, end }, { rows: [], end: false })
      assert.deepEqual(
        faults.map(({ index, key, field }) => ({ index, key, field })).slice(0, 4),
        [0, 1, 2, 3].map((index) => ({ index, key: null, field: 'row' })),
      )
      assert.equal(faults.length, 5)
      assert.match(faults[3]?.reason ?? '', /expected an object, got an array/)
    })

    test('is decoded or rejected with a code, for any input', () => {
      const known = fc.constantFrom(
        'tcsPersonId',
        'payload',
        'doctor',
        'syncEnd',
        'fullDocument',
        'id',
        '_id',
        '__proto__',
      )
      const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.dictionary(known, fc.jsonValue({ maxDepth: 2 })))
      fc.assert(
        fc.property(fc.oneof(value, fc.array(value, { maxLength: 4 })), (message) => {
          try {
            const { rows, faults, end } = decode(jsonBytes(message))
            const elements = Array.isArray(message) ? message.length : 1
            assert.ok(rows.length + faults.length <= elements)
            assert.ok(end || rows.length + faults.length === elements)
          } catch (error) {
            assert.ok(error instanceof RevalError && error.code === 'MESSAGE_INVALID')
          }
        }),
      )
    })
  })
}

test('an invalid row does not affect others, and has the same fault on its own', () => {
  fc.assert(
    fc.property(fc.array(trainee, { minLength: 1, maxLength: 5 }), fc.nat(), (trainees, seed) => {
      const place = seed % (trainees.length + 1)
      const wrong = { tcsPersonId: 77, programmeName: '𝒜', curriculumEndDate: '2021-02-30', more: [1] }
      const sent: object[] = JSON.parse(textOf(encodeTrainees([...trainees, ...trainees]))) as object[]
      const decoded = decodeTrainees(jsonBytes(sent.toSpliced(place, 0, wrong)))

      assert.deepEqual(
        decoded.rows.map(({ value }) => value),
        [...trainees, ...trainees],
      )
      const places = Array.from({ length: sent.length + 1 }, (_, index) => index)
      assert.deepEqual(
        decoded.rows.map(({ index }) => index),
        places.toSpliced(place, 1),
      )
      const [fault, ...others] = decoded.faults
      assert.ok(fault)
      assert.deepEqual(others, [])
      assert.deepEqual({ index: fault.index, key: fault.key }, { index: place, key: 'tcs-77' })
      assert.equal(textOf(fault.body), JSON.stringify(wrong))
      assert.deepEqual(decodeTrainees(fault.body).faults, [{ ...fault, index: 0 }])
    }),
    { numRuns: 50 },
  )
})

test('a message without rows is not encoded', () => {
  for (const encode of [encodeTrainees, encodeDoctors, encodeMasterRows]) {
    assert.throws(() => encode([]), { code: 'INTERNAL' })
  }
})

test('a byte order mark is ignored', () => {
  const { rows } = decodeTrainees(bytes('\ufeff{"tcsPersonId":1}'))
  assert.equal(rows.length, 1)
})
