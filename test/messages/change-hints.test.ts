import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { gmcNumber, type GmcNumber } from '../../src/domain/gmc-number.ts'
import {
  decodeDoctorHints,
  decodeRecommendationHints,
  decodeTraineeHints,
  HINT_DECODERS,
} from '../../src/messages/change-hints.ts'
import { doctorKeys, hintedKeyText, refusalOf, type HintDecoder, type HintedKey } from '../../src/messages/hint.ts'
import { encodeTrainees } from '../../src/messages/trainee.ts'
import { ERROR_CODES } from '../../src/errors/codes.ts'
import { trainee } from './arbitraries.ts'
import { bytes, jsonBytes, textOf } from './bodies.ts'
import { CAPTURED_CHANGES } from './change-captures.ts'
import { withArrayDates } from './captures.ts'

function aNumber(text: string): GmcNumber {
  const number = gmcNumber(text)
  assert.ok(number !== null)
  return number
}
const number = (text: string): HintedKey => ({ kind: 'number', number: aNumber(text) })
const person = (tcsPersonId: number): HintedKey => ({ kind: 'person', tcsPersonId })
const document = (storedId: string): HintedKey => ({ kind: 'document', storedId })
const recommendation = (recommendationId: string): HintedKey => ({ kind: 'recommendation', recommendationId })

/** The keys of a message that has no faults. */
function keysOf(decode: HintDecoder, message: unknown): readonly HintedKey[] {
  const { keys, faults } = decode(jsonBytes(message))
  assert.deepEqual(faults, [])
  return keys
}

/** The faults of a message, without their reasons. */
function faultsOf(decode: HintDecoder, message: unknown): readonly (readonly [code: string, field: string])[] {
  return decode(jsonBytes(message)).faults.map(({ code, field }) => [code, field] as const)
}

const OID = '637f9a2b5e1f4a0001a1b2c3'

describe('captured changes of the Java services', () => {
  const nova = [person(990001), number('9990001')]
  const nils = [person(990002), number('9990002')]
  const known = [person(2544), number('1089031')]
  const doctor = [number('1089031')]
  const expected: Readonly<Record<string, readonly HintedKey[] | string>> = {
    'trainee-update-known-arrays': known,
    'trainee-update-known-strings-no-type': known,
    'trainee-nulls-do-not-clear': known,
    'trainee-membership-end-in-the-past': known,
    'trainee-new': nova,
    'trainee-number-unknown': nova.slice(0, 1),
    'trainee-number-null-new': nils.slice(0, 1),
    'trainee-number-corrected': nils,
    'trainee-number-of-another': [person(990003), number('1003608')],
    'trainee-empty-object': 'CHANGE_KEY_MISSING',
    'trainee-batch-array-of-two': [person(990005), person(990006)],
    'doctor-insert-new': [number('9990010')],
    'doctor-replace-known': doctor,
    'doctor-loses-body-null': doctor,
    'doctor-loses-body-absent': doctor,
    'doctor-body-empty': doctor,
    'doctor-gmcReferenceNumber-key': doctor,
    'doctor-hidden-existsInGmc-false': doctor,
    'recommendation-insert-under-review': doctor,
    'recommendation-replace-approved': doctor,
    'recommendation-draft-no-outcome': doctor,
    'recommendation-of-nobody': [number('9999999')],
    'recommendation-id-string': doctor,
    'doctor-operation-update': doctor,
    'doctor-operation-delete': 'CHANGE_KEY_MISSING',
    'doctor-date-extended-json': doctor,
    'doctor-date-array': doctor,
    'doctor-date-iso-time': doctor,
  }
  const decoders = {
    rabbit: decodeTraineeHints,
    'cdc-doctor': decodeDoctorHints,
    'cdc-recommendation': decodeRecommendationHints,
  }

  test('are all tested', () =>
    assert.deepEqual(
      CAPTURED_CHANGES.map(({ name }) => name),
      Object.keys(expected),
    ))

  for (const { name, via, body } of CAPTURED_CHANGES) {
    test(name, () => {
      const hints = decoders[via](bytes(body))
      const wanted = expected[name]
      if (typeof wanted === 'string') assert.deepEqual([hints.keys, refusalOf(hints)?.code], [[], wanted])
      else assert.deepEqual(hints, { keys: wanted, faults: [] })
    })
  }
})

describe('a changed doctor', () => {
  const fullDocument = { _id: '7001003', doctorFirstName: 'Upd', submissionDate: 'nonsense', underNotice: 'PERHAPS' }

  test('is known from every operation, in any case', () => {
    for (const operation of ['insert', 'replace', 'update', 'delete']) {
      for (const operationType of [operation, operation.toUpperCase(), ` ${operation.replace('e', 'E')} `]) {
        assert.deepEqual(keysOf(decodeDoctorHints, { operationType, fullDocument }), [number('7001003')])
      }
    }
  })

  test('is known from a whole change event, with or without its document', () => {
    const event = {
      _id: { _data: '8263' },
      operationType: 'delete',
      clusterTime: { $timestamp: { t: 1, i: 1 } },
      ns: { db: 'revalidation', coll: 'doctorsForDB' },
      documentKey: { _id: '7001003' },
    }
    assert.deepEqual(keysOf(decodeDoctorHints, event), [number('7001003')])
    assert.deepEqual(keysOf(decodeDoctorHints, { ...event, fullDocument: null }), [number('7001003')])
    const updateDescription = { updatedFields: { admin: 'a' }, removedFields: [] }
    const update = { ...event, operationType: 'update', updateDescription }
    assert.deepEqual(keysOf(decodeDoctorHints, update), [number('7001003')])
    assert.deepEqual(keysOf(decodeDoctorHints, { ...update, fullDocument }), [number('7001003')])
  })

  test('counts before and after', () => {
    const fullDocumentBeforeChange = { _id: '7001004' }
    const both = { operationType: 'replace', fullDocument, fullDocumentBeforeChange }
    assert.deepEqual(keysOf(decodeDoctorHints, both), [number('7001003'), number('7001004')])
    const deleted = { operationType: 'delete', fullDocument: null, fullDocumentBeforeChange }
    assert.deepEqual(keysOf(decodeDoctorHints, deleted), [number('7001004')])
  })

  test('may have its id as text, number or Extended JSON', () => {
    const forms = [
      '7001003',
      7001003,
      { $numberInt: '7001003' },
      { $numberLong: '7001003' },
      { $numberDouble: '7001003.0' },
    ]
    for (const _id of forms) {
      assert.deepEqual(keysOf(decodeDoctorHints, { operationType: 'update', documentKey: { _id } }), [
        number('7001003'),
      ])
    }
  })

  test('whose id is not a number is known by the id as stored, and by the number in it', () => {
    const keys = (_id: unknown) => keysOf(decodeDoctorHints, { operationType: 'insert', fullDocument: { _id } })
    assert.deepEqual(keys(' 7001003'), [number('7001003'), document(' 7001003')])
    assert.deepEqual(keys('X-7001003'), [document('X-7001003')])
    assert.deepEqual(keys({ $oid: OID }), [document(OID)])
    assert.deepEqual(keys(123), [document('123')])
    assert.deepEqual(doctorKeys('7001003'), [number('7001003')])
  })

  test('is known by the number where there is no id', () => {
    const gmcReferenceNumber = '7001003'
    const event = { operationType: 'replace', fullDocument: { _id: ' ', gmcReferenceNumber } }
    assert.deepEqual(keysOf(decodeDoctorHints, event), [number('7001003')])
  })

  test('is known from every document of the sample', () => {
    for (const line of sample('doctorsForDB')) {
      const { _id } = JSON.parse(line) as { _id: string }
      const { keys, faults } = decodeDoctorHints(bytes(`{"operationType":"insert","fullDocument":${line}}`))
      assert.deepEqual({ keys, faults }, { keys: doctorKeys(_id), faults: [] })
    }
  })

  test('is still refreshed if the operation is unknown or missing, which is a fault', () => {
    for (const operationType of ['upsert', '', 7, null, undefined]) {
      const { keys, faults } = decodeDoctorHints(jsonBytes({ operationType, fullDocument }))
      assert.deepEqual(keys, [number('7001003')])
      assert.deepEqual(
        faults.map(({ code, field }) => [code, field]),
        [['MESSAGE_INVALID', 'operationType']],
      )
      assert.match(faults[0]?.reason ?? '', /expected one of insert, replace, update, delete, got /)
    }
  })

  test('that has no key, concerns a collection, or cannot be read is a fault with a code', () => {
    const insert = { operationType: 'insert' }
    const wrong: [object, string, string][] = [
      [insert, 'CHANGE_KEY_MISSING', 'fullDocument._id'],
      [{ ...insert, fullDocument: {} }, 'CHANGE_KEY_MISSING', 'fullDocument._id'],
      [{ operationType: 'delete', fullDocument: null }, 'CHANGE_KEY_MISSING', 'fullDocument._id'],
      [{ ...insert, fullDocument: { _id: null, gmcReferenceNumber: '' } }, 'CHANGE_KEY_MISSING', 'fullDocument._id'],
      [{ ...insert, fullDocument: 'x' }, 'MESSAGE_INVALID', 'fullDocument'],
      [{ ...insert, documentKey: 7 }, 'MESSAGE_INVALID', 'documentKey'],
      [{ ...insert, fullDocument: { _id: [7001003] } }, 'MESSAGE_INVALID', 'fullDocument._id'],
      [{ ...insert, fullDocument: { _id: { $uuid: 'x' } } }, 'MESSAGE_INVALID', 'fullDocument._id'],
      [{ ...insert, fullDocument: { _id: { $oid: OID, more: 1 } } }, 'MESSAGE_INVALID', 'fullDocument._id'],
      [{ ...insert, fullDocument: { _id: true } }, 'MESSAGE_INVALID', 'fullDocument._id'],
      [{ ...insert, documentKey: { _id: 'x'.repeat(129) } }, 'MESSAGE_INVALID', 'documentKey._id'],
      [{ ...insert, documentKey: { _id: '\ud83d' } }, 'MESSAGE_INVALID', 'documentKey._id'],
      [{ operationType: 'drop' }, 'CHANGE_OF_COLLECTION', 'operationType'],
      [{ operationType: 'RENAME', to: { coll: 'x' } }, 'CHANGE_OF_COLLECTION', 'operationType'],
      [{ operationType: 'dropDatabase' }, 'CHANGE_OF_COLLECTION', 'operationType'],
      [{ operationType: 'invalidate' }, 'CHANGE_OF_COLLECTION', 'operationType'],
    ]
    for (const [message, code, field] of wrong) {
      assert.deepEqual(faultsOf(decodeDoctorHints, message), [[code, field]], JSON.stringify(message))
      assert.deepEqual(decodeDoctorHints(jsonBytes(message)).keys, [])
    }
  })
})

describe('a changed recommendation', () => {
  const fullDocument = { _id: { $oid: OID }, gmcNumber: '7204467', outcome: 'REJECTED', gmcSubmissionDate: [1] }

  test('names its doctor, before and after', () => {
    const keys = (event: object) => keysOf(decodeRecommendationHints, { operationType: 'Update', ...event })
    assert.deepEqual(keys({ fullDocument }), [number('7204467')])
    const fullDocumentBeforeChange = { ...fullDocument, gmcNumber: ' 7204468' }
    assert.deepEqual(keys({ fullDocument, fullDocumentBeforeChange }), [
      number('7204467'),
      number('7204468'),
      document(' 7204468'),
    ])
    for (const gmcNumber of [7204467, { $numberInt: '7204467' }, { $numberLong: '7204467' }]) {
      assert.deepEqual(keys({ fullDocument: { ...fullDocument, gmcNumber } }), [number('7204467')])
    }
  })

  test('whose new document is not in the event is looked up by id, unless it was deleted', () => {
    const keys = (event: object) => keysOf(decodeRecommendationHints, event)
    for (const _id of [OID, { $oid: OID }]) {
      assert.deepEqual(keys({ operationType: 'update', documentKey: { _id } }), [recommendation(OID)])
    }
    const fullDocumentBeforeChange = fullDocument
    const documentKey = { _id: 17 }
    assert.deepEqual(keys({ operationType: 'update', documentKey, fullDocumentBeforeChange }), [
      number('7204467'),
      recommendation('17'),
    ])
    assert.deepEqual(keys({ operationType: 'delete', documentKey, fullDocumentBeforeChange }), [number('7204467')])
    assert.deepEqual(keys({ operationType: 'delete', documentKey }), [recommendation('17')])
    assert.deepEqual(keys({ operationType: 'insert', fullDocument: { _id: 'r1', gmcNumber: ' ' } }), [
      recommendation('r1'),
    ])
  })

  test('may have an id that cannot be read if it names its doctor', () => {
    const event = { operationType: 'insert', fullDocument: { ...fullDocument, _id: { timestamp: 1 } } }
    assert.deepEqual(keysOf(decodeRecommendationHints, event), [number('7204467')])
  })

  test('is known from every document of the sample', () => {
    for (const line of sample('recommendation')) {
      const { gmcNumber: stored } = JSON.parse(line) as { gmcNumber: string }
      const hints = decodeRecommendationHints(bytes(`{"operationType":"replace","fullDocument":${line}}`))
      assert.deepEqual(hints, { keys: doctorKeys(stored), faults: [] })
    }
  })

  test('that has no key, concerns a collection, or cannot be read is a fault with a code', () => {
    const insert = { operationType: 'insert' }
    const wrong: [object, string, string][] = [
      [{ operationType: 'delete' }, 'CHANGE_KEY_MISSING', 'fullDocument.gmcNumber'],
      [{ ...insert, fullDocument: { outcome: 'APPROVED' } }, 'CHANGE_KEY_MISSING', 'fullDocument.gmcNumber'],
      [{ ...insert, fullDocument: { gmcNumber: [1] } }, 'MESSAGE_INVALID', 'fullDocument.gmcNumber'],
      [{ ...insert, fullDocument: [1] }, 'MESSAGE_INVALID', 'fullDocument'],
      [{ ...insert, documentKey: { _id: [1] } }, 'MESSAGE_INVALID', 'documentKey._id'],
      [{ operationType: 'drop' }, 'CHANGE_OF_COLLECTION', 'operationType'],
    ]
    for (const [message, code, field] of wrong) {
      assert.deepEqual(faultsOf(decodeRecommendationHints, message), [[code, field]], JSON.stringify(message))
    }
  })
})

describe('a changed trainee', () => {
  test('is known by person and number, whatever else the body holds', () => {
    fc.assert(
      fc.property(fc.array(trainee, { minLength: 1, maxLength: 4 }), (trainees) => {
        const message = encodeTrainees(trainees)
        const expected = trainees.flatMap(({ tcsPersonId, gmcReferenceNumber }) => {
          const joined = gmcNumber(gmcReferenceNumber)
          return [person(tcsPersonId), ...(joined === null ? [] : [number(joined)])]
        })
        const distinct = [...new Map(expected.map((key) => [hintedKeyText(key), key])).values()]
        for (const body of [message, bytes(withArrayDates(textOf(message)))]) {
          assert.deepEqual(decodeTraineeHints(body), { keys: distinct, faults: [] })
        }
      }),
    )
  })

  test('may have its id as text or Extended JSON, and be known by the number alone', () => {
    const keys = (message: object) => keysOf(decodeTraineeHints, message)
    for (const tcsPersonId of [1005, '1005', { $numberInt: '1005' }, { $numberLong: '1005' }]) {
      assert.deepEqual(keys({ tcsPersonId, gmcReferenceNumber: ' 7761120 ' }), [person(1005), number('7761120')])
    }
    assert.deepEqual(keys({ tcsPersonId: 1, gmcReferenceNumber: 7761120 }), [person(1), number('7761120')])
    assert.deepEqual(keys({ gmcReferenceNumber: '7761120', curriculumEndDate: 'x' }), [number('7761120')])
  })

  test('without a key, or with an id that is not a number, is a fault; a number beside it counts', () => {
    const wrong: [object, string, readonly HintedKey[]][] = [
      [{}, 'CHANGE_KEY_MISSING', []],
      [{ syncEnd: true }, 'CHANGE_KEY_MISSING', []],
      [{ tcsPersonId: null, gmcReferenceNumber: 'UNKNOWN' }, 'CHANGE_KEY_MISSING', []],
      [{ tcsPersonId: 'abc' }, 'MESSAGE_INVALID', []],
      [{ tcsPersonId: 1.5 }, 'MESSAGE_INVALID', []],
      [{ tcsPersonId: '99999999999999999999' }, 'MESSAGE_INVALID', []],
      [{ tcsPersonId: [1005], gmcReferenceNumber: '7761120' }, 'MESSAGE_INVALID', [number('7761120')]],
      [{ tcsPersonId: 1005, gmcReferenceNumber: [1] }, 'MESSAGE_INVALID', [person(1005)]],
    ]
    for (const [message, code, keys] of wrong) {
      const hints = decodeTraineeHints(jsonBytes(message))
      assert.deepEqual([hints.keys, hints.faults.map((fault) => fault.code)], [keys, [code]], JSON.stringify(message))
    }
  })
})

describe('envelopes and batches', () => {
  const event = (_id: string) => ({ operationType: 'update', documentKey: { _id } })
  const sns = (message: unknown) => ({
    Type: 'Notification',
    MessageId: 'm',
    TopicArn: 'arn:aws:sns:eu-west-2:000000000000:cdc',
    Message: typeof message === 'string' ? message : JSON.stringify(message),
    Timestamp: '2026-11-20T00:00:00.000Z',
  })
  const eventBridge = (detail: unknown) => ({
    version: '0',
    id: 'e',
    'detail-type': 'MongoDB Database Trigger for revalidation.doctorsForDB',
    source: 'aws.partner/mongodb.com/stitch.trigger/1',
    detail,
  })
  const [one, two] = [event('7001003'), event('7001004')]
  const both = [number('7001003'), number('7001004')]

  test('are opened, however they are nested', () => {
    const forms = [
      [one, two],
      [[one], [[two]]],
      sns([one, two]),
      eventBridge([one, two]),
      eventBridge(JSON.stringify([one, two])),
      sns(eventBridge([one, two])),
      eventBridge(sns([one, two])),
      [sns(one), eventBridge(two)],
      sns([sns(one), sns(eventBridge(two))]),
      [one, one, two, one],
    ]
    for (const form of forms) assert.deepEqual(keysOf(decodeDoctorHints, form), both, JSON.stringify(form))
  })

  test('serve every channel', () => {
    assert.deepEqual(keysOf(decodeTraineeHints, sns({ tcsPersonId: 1 })), [person(1)])
    const changed = { operationType: 'insert', fullDocument: { gmcNumber: '7001003' } }
    assert.deepEqual(keysOf(decodeRecommendationHints, eventBridge(changed)), [number('7001003')])
  })

  test('a bad item does not spoil the others, and is named by its place', () => {
    const { keys, faults } = decodeDoctorHints(
      jsonBytes([
        one,
        { operationType: 'drop' },
        7,
        [],
        sns('{'),
        sns([{ operationType: 'insert' }]),
        eventBridge(null),
        two,
      ]),
    )
    assert.deepEqual(keys, both)
    assert.deepEqual(
      faults.map(({ code, field }) => [code, field]),
      [
        ['CHANGE_OF_COLLECTION', '[1].operationType'],
        ['MESSAGE_INVALID', '[2].body'],
        ['MESSAGE_INVALID', '[3].body'],
        ['MESSAGE_NOT_JSON', '[4].Message'],
        ['CHANGE_KEY_MISSING', '[5].Message[0].fullDocument._id'],
        ['MESSAGE_INVALID', '[6].detail.body'],
      ],
    )
  })

  test('a message without faults is not refused; of several faults, three are shown', () => {
    assert.equal(refusalOf(decodeDoctorHints(jsonBytes(one))), null)
    const refusal = refusalOf(decodeDoctorHints(jsonBytes([{ operationType: 'drop' }, 1, 2, 3, 4, one])))
    assert.equal(refusal?.code, 'CHANGE_OF_COLLECTION')
    assert.match(refusal.reason, /^\[0\]\.operationType: "drop" .*; \[1\]\.body: .*; \[2\]\.body: .*; and 2 more$/)
  })

  test('other notifications, and what is nested too deeply, are faults', () => {
    const confirmation = { Type: 'SubscriptionConfirmation', Message: 'You have chosen to subscribe', Token: 't' }
    assert.deepEqual(faultsOf(decodeDoctorHints, confirmation), [['MESSAGE_INVALID', 'operationType']])
    const deep = bytes('['.repeat(500_000) + ']'.repeat(500_000))
    assert.match(decodeDoctorHints(deep).faults[0]?.reason ?? '', /nested too deeply/)
  })
})

describe('whatever a message holds', () => {
  const decoders = Object.entries(HINT_DECODERS)

  test('it is decoded, or refused with a code, and never thrown', () => {
    const bodies = ['', '{', 'syncStart', '"syncStart"', 'null', '17', '{}', '[]', '[{}]', '{"a":1}{"b":2}', "{'a':1}"]
    for (const [channel, decode] of decoders) {
      for (const body of bodies) {
        const { keys, faults } = decode(bytes(body))
        assert.deepEqual(keys, [])
        assert.equal(faults.length, 1, `${channel}: ${body}`)
        for (const { code } of faults) assert.ok(code in ERROR_CODES)
      }
      assert.equal(refusalOf(decode(Uint8Array.of(0x22, 0xc3, 0x28, 0x22)))?.code, 'MESSAGE_NOT_JSON')
      const name = 'x'.repeat(1_000_000)
      const long = decode(
        jsonBytes({ operationType: name, tcsPersonId: name, fullDocument: { _id: name, gmcNumber: name } }),
      )
      assert.deepEqual(long.keys, [])
      for (const { reason } of long.faults) assert.ok(reason.length < 200)
    }
  })

  test('also at random', () => {
    const name = fc.constantFrom(
      ...['tcsPersonId', 'gmcReferenceNumber', 'gmcNumber', 'operationType', 'fullDocument', 'documentKey'],
      ...['fullDocumentBeforeChange', '_id', '$oid', 'Type', 'Message', 'detail', 'detail-type', '__proto__'],
    )
    const scalar = fc.constantFrom<unknown>('insert', 'Notification', '7001003', '[{}]', '{', 7001003, null, true, '')
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        scalar,
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(name, tie('value'), { maxKeys: 5 }),
      ),
    }))
    fc.assert(
      fc.property(value, (message) => {
        for (const [, decode] of decoders) {
          const hints = decode(jsonBytes(message))
          assert.ok(hints.keys.length + hints.faults.length > 0)
          assert.equal(new Set(hints.keys.map(hintedKeyText)).size, hints.keys.length)
        }
      }),
      { numRuns: 1_000 },
    )
  })
})

function sample(name: string): string[] {
  const file = readFileSync(new URL(`../fixtures/sample/gmc/${name}.jsonl`, import.meta.url), 'utf8')
  const lines = file.split('\n').filter((line) => line !== '')
  assert.ok(lines.length > 100)
  return lines
}
