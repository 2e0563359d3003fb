import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { wordsOf } from '../../../src/domain/java/confused-rows.ts'
import { isOursIn, type RowPair } from '../../../src/domain/java/java-differences.ts'
import { gmcNumber } from '../../../src/domain/gmc-number.ts'
import type { Field } from '../../../src/domain/fields.ts'
import { INDEX_FIELDS, INDEX_NAMES, type IndexDocument, type IndexName } from '../../../src/domain/lists.ts'
import { TODAY } from '../examples.ts'
import { rowsOf } from '../sample-rows.ts'
import { comparedWithModel, differencesOf, pairsOf, tiedIn, type Explained } from './compared.ts'
import { referenceSources } from './random-sources.ts'
import { javaIndexesOf, type ReferenceSources } from './reference-model.ts'

const unexplained = (all: readonly Explained[]) => all.filter(({ rule }) => rule === null)

/** The documents of the Java indexes for the sources, with the row each belongs to. */
function documentsOf(sources: ReferenceSources) {
  const pairs = pairsOf(rowsOf(sources), javaIndexesOf(sources))
  const documents = pairs.flatMap((pair) =>
    INDEX_NAMES.flatMap((index) => pair.java[index].map((document) => ({ pair, index, document }))),
  )
  return { pairs, documents }
}

function withDocument(
  pairs: readonly RowPair[],
  place: { readonly pair: RowPair; readonly index: IndexName; readonly document: IndexDocument },
  planted: IndexDocument | null,
): RowPair[] {
  return pairs.map((pair) => {
    if (pair !== place.pair) return pair
    const documents = pair.java[place.index].flatMap((each) =>
      each !== place.document ? [each] : planted === null ? [] : [planted],
    )
    return { ...pair, java: { ...pair.java, [place.index]: documents } }
  })
}

const without = (document: IndexDocument, field: Field): IndexDocument =>
  Object.fromEntries(Object.entries(document).filter(([name]) => name !== field))

describe('differences from the Java indexes', () => {
  test('are all explained, whatever the sources are', () => {
    fc.assert(
      fc.property(referenceSources, (sources) => {
        assert.deepEqual(unexplained(comparedWithModel(sources)), [])
      }),
      { numRuns: 300 },
    )
  })

  test('are not explained if a Java document has another value in a field', () => {
    fc.assert(
      fc.property(referenceSources, fc.nat(), fc.nat(), (sources, which, what) => {
        const { pairs, documents } = documentsOf(sources)
        const place = documents[which % Math.max(1, documents.length)]
        if (place === undefined) return
        // Text in place of a number has a reason for the Java services only.
        const isText = gmcNumber(String(place.document.gmcReferenceNumber)) === null
        const others = ['tcsPersonId', 'placementGrade', ...(isText ? ['exceptionReason'] : [])]
        const fields = INDEX_FIELDS[place.index].filter((field) => !others.includes(field))
        const field = fields[what % fields.length]
        assert.ok(field !== undefined)
        const planted = withDocument(pairs, place, { ...place.document, [field]: 'planted' })
        assert.notDeepEqual(unexplained(differencesOf(planted, tiedIn(sources))), [], field)
      }),
      { numRuns: 300 },
    )
  })

  test('are not explained if a Java document lost a field that no rule is about', () => {
    const fields: readonly Field[] = [
      'doctorLastName',
      'submissionDate',
      'programmeName',
      'membershipType',
      'tisStatus',
      'admin',
      'lastUpdatedDate',
      'programmeOwner',
      'tcsDesignatedBody',
      'gmcReferenceNumber',
    ]
    fc.assert(
      fc.property(referenceSources, fc.nat(), fc.constantFrom(...fields), (sources, which, field) => {
        const { pairs, documents } = documentsOf(sources)
        const having = documents.filter(({ pair, document }) => document[field] === pair.ours?.document[field])
        const place = having[which % Math.max(1, having.length)]
        if (place === undefined) return
        const planted = withDocument(pairs, place, without(place.document, field))
        assert.notDeepEqual(unexplained(differencesOf(planted, tiedIn(sources))), [], field)
      }),
      { numRuns: 300 },
    )
  })

  test('are not explained if an index lacks a row that shares its number with none', () => {
    fc.assert(
      fc.property(referenceSources, fc.nat(), (sources, which) => {
        const { pairs, documents } = documentsOf(sources)
        const isAlone = ({ pair }: (typeof documents)[number]) =>
          pairs.every((other) => other === pair || !wordsOf(other).some((word) => wordsOf(pair).includes(word)))
        // Two rules are about such rows.
        const alone = documents.filter(
          ({ pair, index }) =>
            isOursIn(index, pair, TODAY) &&
            !(pair.ours?.row.parts.doctor?.underNotice === null) &&
            !(index === 'recommendationindex' && pair.ours?.document.gmcReferenceNumber === null),
        )
        const lone = alone.filter(isAlone)
        const place = lone[which % Math.max(1, lone.length)]
        if (place === undefined) return
        assert.notDeepEqual(unexplained(differencesOf(withDocument(pairs, place, null), tiedIn(sources))), [])
      }),
      { numRuns: 300 },
    )
  })

  test('are not explained if a row of ours is gone, or another value is in ours', () => {
    const fields = ['doctorLastName', 'programmeName', 'admin', 'programmeOwner', 'submissionDate'] as const
    fc.assert(
      fc.property(referenceSources, fc.nat(), fc.constantFrom(...fields), (sources, which, field) => {
        const { pairs } = documentsOf(sources)
        const known = pairs.filter(({ ours, java }) => ours !== null && java.masterdoctorindex.length > 0)
        const place = known[which % Math.max(1, known.length)]
        if (place?.ours === undefined || place.ours === null) return
        const gone = pairs.map((pair) => (pair === place ? { ...pair, ours: null } : pair))
        assert.notDeepEqual(unexplained(differencesOf(gone, tiedIn(sources))), [])
        const ours = { ...place.ours, document: { ...place.ours.document, [field]: 'planted' } }
        const planted = pairs.map((pair) => (pair === place ? { ...pair, ours } : pair))
        assert.notDeepEqual(unexplained(differencesOf(planted, tiedIn(sources))), [], field)
      }),
      { numRuns: 300 },
    )
  })
})
