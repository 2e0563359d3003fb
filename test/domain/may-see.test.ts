import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { LISTS, type BodyScope, type ListName } from '../../src/domain/list-query.ts'
import { isDiscrepancy, isInList, maySee } from '../../src/domain/may-see.ts'
import { listedRows, listQueries } from '../contract/list-reader/arbitraries.ts'
import { LONDON, NORTH, personRow, WESSEX } from '../contract/list-reader/fixture.ts'
import { sourceOf } from '../contract/list-reader/place.ts'
import { TODAY } from './examples.ts'

const anyRows = listedRows.map((rows) => rows.map(sourceOf))

function documentOf(body: string | null, tcsBody: string | null, trainee = {}) {
  return sourceOf(personRow(1, { first: 'A', last: 'B', body, tcsBody, trainee })).document
}

function sees(list: ListName, bodies: [string | null, string | null], scope: Partial<BodyScope>): boolean {
  return maySee(list, documentOf(...bodies), { bodies: null, tisBodies: null, unconnected: 'everybody', ...scope })
}

describe('whose rows', () => {
  test('doctors and connected: those of the body', () => {
    for (const list of ['doctors', 'connected'] as const) {
      assert.ok(sees(list, [NORTH, WESSEX], { bodies: [NORTH] }))
      assert.ok(!sees(list, [NORTH, WESSEX], { bodies: [WESSEX] }))
      assert.ok(!sees(list, [null, NORTH], { bodies: [NORTH] }))
    }
  })

  test('disconnected: everybody’s, or the owner’s by setting', () => {
    assert.ok(sees('disconnected', [null, NORTH], { bodies: [WESSEX] }))
    const unconnected = 'programme-body'
    assert.ok(!sees('disconnected', [null, NORTH], { bodies: [WESSEX], unconnected }))
    assert.ok(sees('disconnected', [null, NORTH], { bodies: [NORTH], unconnected }))
    assert.ok(sees('disconnected', [null, null], { bodies: [NORTH], unconnected }))
  })

  test('exceptions: those of the body, of the owner, and those without a body', () => {
    assert.ok(sees('exception', [NORTH, WESSEX], { bodies: [WESSEX] }))
    assert.ok(sees('exception', [null, NORTH], { bodies: [WESSEX] }))
    assert.ok(!sees('exception', [null, NORTH], { bodies: [WESSEX], unconnected: 'programme-body' }))
    assert.ok(!sees('exception', [NORTH, null], { bodies: [WESSEX] }))
  })

  test('discrepancies: those of the body of either side', () => {
    assert.ok(sees('discrepancies', [NORTH, WESSEX], { bodies: [LONDON], tisBodies: [WESSEX] }))
    assert.ok(sees('discrepancies', [NORTH, WESSEX], { bodies: [WESSEX] }))
    assert.ok(!sees('discrepancies', [NORTH, WESSEX], { bodies: [LONDON], tisBodies: [NORTH] }))
  })

  test('no body sees nothing, no limit sees everything, more bodies see more', () => {
    fc.assert(
      fc.property(anyRows, listQueries, (rows, query) => {
        for (const list of LISTS) {
          for (const { document } of rows) {
            assert.ok(maySee(list, document, { ...query, bodies: null, tisBodies: null }))
            assert.ok(!maySee(list, document, { ...query, bodies: [], tisBodies: null }))
            const wider = { ...query, bodies: query.bodies && [...query.bodies, LONDON] }
            if (maySee(list, document, query)) assert.ok(maySee(list, document, wider))
          }
        }
      }),
    )
  })
})

describe('which rows a list has', () => {
  test('discrepancies: bodies that differ; a row that lacks one of them too', () => {
    assert.ok(isDiscrepancy(documentOf(NORTH, WESSEX)))
    assert.ok(isDiscrepancy(documentOf(NORTH, null)))
    assert.ok(isDiscrepancy(documentOf(null, NORTH)))
    assert.ok(!isDiscrepancy(documentOf(NORTH, NORTH)))
    assert.ok(!isDiscrepancy(documentOf(null, null)))
  })

  test('discrepancies: not of military trainees, nor of grade 279', () => {
    for (const programmeMembershipType of ['MILITARY', 'military', 'Military ']) {
      assert.ok(!isDiscrepancy(documentOf(NORTH, WESSEX, { programmeMembershipType })))
    }
    for (const placementGrade of ['279', '12 | 279', '279 | 300']) {
      assert.ok(!isDiscrepancy(documentOf(NORTH, WESSEX, { placementGrade })))
    }
    for (const trainee of [{ placementGrade: '2790' }, { programmeMembershipType: 'Paramilitary' }]) {
      assert.ok(isDiscrepancy(documentOf(NORTH, WESSEX, trainee)))
    }
  })

  test('each row is connected or disconnected, and in the list of all', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        for (const { document } of rows) {
          assert.ok(isInList('all', document, TODAY))
          assert.notEqual(isInList('connected', document, TODAY), isInList('disconnected', document, TODAY))
        }
      }),
    )
  })
})
