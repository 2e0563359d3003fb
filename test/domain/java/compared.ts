import { assemble } from '../../../src/domain/assemble.ts'
import type { UnderNotice } from '../../../src/domain/codes.ts'
import { confusedRows } from '../../../src/domain/java/confused-rows.ts'
import { javaDocuments, rowIdOf } from '../../../src/domain/java/java-documents.ts'
import { javaDifferences, type JavaDifference, type RowPair } from '../../../src/domain/java/java-differences.ts'
import type { Tied } from '../../../src/domain/java/explanation.ts'
import { explain, type JavaRuleName } from '../../../src/domain/java/java-rules.ts'
import { tiedOutcomes } from '../../../src/domain/java/tied-recommendations.ts'
import { INDEX_NAMES, type IndexDocument } from '../../../src/domain/lists.ts'
import type { Row, RowId } from '../../../src/domain/row.ts'
import { TODAY } from '../examples.ts'
import { javaIndexesOf, type JavaIndexes, type ReferenceSources } from './reference-model.ts'
import { rowsOf } from '../sample-rows.ts'

export type Explained = JavaDifference & { readonly rule: JavaRuleName | null }

/** Our rows beside the documents of the Java indexes. */
export function pairsOf(rows: readonly Row[], indexes: JavaIndexes): RowPair[] {
  const found = new Map<RowId, Record<string, IndexDocument[]>>()
  for (const index of INDEX_NAMES) {
    for (const document of indexes[index]) {
      const id = rowIdOf(document) ?? 'nobody'
      const documents = found.get(id) ?? {}
      found.set(id, { ...documents, [index]: [...(documents[index] ?? []), document] })
    }
  }
  const ours = rows.map((row) => {
    const id = rowIdOf({ ...keysOf(row) }) ?? row.id
    const java = javaDocuments(found.get(id))
    found.delete(id)
    return { id: row.id, ours: { row, document: assemble(row.parts) }, java }
  })
  const theirs = [...found].map(([id, documents]) => ({ id, ours: null, java: javaDocuments(documents) }))
  return [...ours, ...theirs]
}

function keysOf({ parts: { trainee, doctor } }: Row): IndexDocument {
  return trainee === null
    ? { gmcReferenceNumber: doctor?.gmcReferenceNumber ?? '' }
    : { tcsPersonId: trainee.tcsPersonId }
}

/** Everything that differs, with its rule. */
export function differencesOf(pairs: readonly RowPair[], tied: Tied = new Map()): Explained[] {
  const options = { day: TODAY, unknown: ['placementGrade'] } as const
  return confusedRows(pairs).flatMap((group) =>
    group.flatMap((pair) => {
      const others = group.filter((other) => other !== pair)
      const context = { ...options, pair, others, tied }
      return javaDifferences(pair, options).map((each) => ({ ...each, rule: explain(each, context) }))
    }),
  )
}

/** What the recommendations with the latest date of each doctor would show. */
export function tiedIn({ doctors, recommendations }: ReferenceSources): Tied {
  return new Map(
    doctors
      .filter(({ stored }) => recommendations.has(stored.storedId))
      .map(({ stored }) => {
        // A known code, as the arbitraries and the sample have them.
        const notice = stored.underNotice as UnderNotice | null
        return [stored.storedId, tiedOutcomes(notice, recommendations.get(stored.storedId) ?? [], TODAY)] as const
      }),
  )
}

/** Everything that differs between our rows and the model's indexes, for the same sources. */
export function comparedWithModel(sources: ReferenceSources): Explained[] {
  return differencesOf(pairsOf(rowsOf(sources), javaIndexesOf(sources)), tiedIn(sources))
}
