import type { AssembledDocument } from '../../../src/domain/assemble.ts'
import type { Day } from '../../../src/domain/day.ts'
import { FIELDS, type Field } from '../../../src/domain/fields.ts'
import { belongsTo, byIndex, INDEX_FIELDS, INDEX_NAMES, type IndexName } from '../../../src/domain/lists.ts'
import type { SearchPlace } from './search-place.ts'

/** A document as a Java service writes it: without nulls, with `_class`, and with `id` once it was saved a second time. */
export type JavaDocument = Readonly<Partial<Record<Field | '_class' | 'id', string | number | boolean>>>

export type JavaDocuments = Readonly<Record<IndexName, readonly JavaDocument[]>>

const JAVA_DAY = { type: 'date', format: 'uuuu-MM-dd' } as const
/** For fields that the recommendation service sorts by. */
const JAVA_SORTED = { type: 'text', fielddata: true } as const
const OF_SPRING = {
  _class: { type: 'keyword', index: false, doc_values: false },
  id: { type: 'keyword', index: true },
} as const
const OF_CONNECTION = { submissionDate: JAVA_DAY, membershipStartDate: JAVA_DAY, membershipEndDate: JAVA_DAY } as const

/**
 * What each service maps (annotations of its view, 2022-09). Everything else is mapped by the engine as it comes: text with a
 * `keyword`, `long`, `boolean`.
 */
const MAPPED: Readonly<Record<IndexName, object>> = {
  masterdoctorindex: { ...OF_CONNECTION, lastUpdatedDate: JAVA_DAY, curriculumEndDate: JAVA_DAY },
  recommendationindex: {
    gmcReferenceNumber: JAVA_SORTED,
    doctorFirstName: JAVA_SORTED,
    doctorLastName: JAVA_SORTED,
    programmeName: JAVA_SORTED,
    submissionDate: JAVA_DAY,
    curriculumEndDate: JAVA_DAY,
    lastUpdatedDate: JAVA_DAY,
  },
  connectedindex: OF_CONNECTION,
  disconnectedindex: OF_CONNECTION,
  exceptionindex: OF_CONNECTION,
}

const JAVA_CLASSES: Readonly<Record<IndexName, string>> = {
  masterdoctorindex: 'uk.nhs.hee.tis.revalidation.integration.sync.view.MasterDoctorView',
  recommendationindex: 'uk.nhs.hee.tis.revalidation.entity.RecommendationView',
  connectedindex: 'uk.nhs.hee.tis.revalidation.connection.entity.ConnectedView',
  disconnectedindex: 'uk.nhs.hee.tis.revalidation.connection.entity.DisconnectedView',
  exceptionindex: 'uk.nhs.hee.tis.revalidation.connection.entity.ExceptionView',
}

/** Fields of ours that no Java service of 2022 writes to an index. */
const UNKNOWN_TO_JAVA: readonly Field[] = ['placementGrade']

/**
 * The documents that the Java services would make of these rows, with the differences that docs/rules.md calls intended:
 * `existsInGmc` is lost in the recommendation index, and a trainee without a doctor has no `connectionStatus` in the master.
 */
export function javaDocumentsOf(rows: readonly AssembledDocument[], today: Day): JavaDocuments {
  const lost = (index: IndexName, row: AssembledDocument, field: Field) =>
    UNKNOWN_TO_JAVA.includes(field) ||
    (index === 'recommendationindex' && field === 'existsInGmc') ||
    (index === 'masterdoctorindex' && field === 'connectionStatus' && row.existsInGmc === null)
  const documentIn = (index: IndexName, row: AssembledDocument): JavaDocument => {
    const shown = FIELDS.filter((field) => INDEX_FIELDS[index].includes(field) && !lost(index, row, field))
    const present = shown.flatMap((field) => (row[field] === null ? [] : [[field, row[field]] as const]))
    return { _class: JAVA_CLASSES[index], ...Object.fromEntries(present) }
  }
  return byIndex((index) => rows.filter((row) => belongsTo(index, row, today)).map((row) => documentIn(index, row)))
}

/** Makes the five indexes as the Java services do, under the names of the aliases: random ids, mappings as they are. */
export async function makeJavaIndexes(
  { ask, settings }: Pick<SearchPlace, 'ask' | 'settings'>,
  documents: JavaDocuments,
): Promise<void> {
  for (const name of INDEX_NAMES) {
    const index = settings.searchPrefix + name
    await ask('PUT', `/${index}`, {})
    await ask('PUT', `/${index}/_mapping`, { properties: { ...OF_SPRING, ...MAPPED[name] } })
    const lines = documents[name].flatMap((document) => ['{"index":{}}', JSON.stringify(document)])
    if (lines.length === 0) continue
    const answer = (await ask('POST', `/${index}/_bulk?refresh=true`, `${lines.join('\n')}\n`)) as { errors: boolean }
    if (answer.errors) throw new Error(`${index} refused documents`)
  }
}

interface Page {
  readonly hits: { readonly hits: readonly { readonly _id: string; readonly _source: JavaDocument }[] }
}

/** All documents of each of the five names by `_id`, as anyone reads them. */
export async function readJavaIndexes({
  ask,
  settings,
}: Pick<SearchPlace, 'ask' | 'settings'>): Promise<
  Readonly<Record<IndexName, Readonly<Record<string, JavaDocument>>>>
> {
  const read = async (name: IndexName) => {
    const page = (await ask('GET', `/${settings.searchPrefix}${name}/_search?size=10000`)) as Page
    return [name, Object.fromEntries(page.hits.hits.map(({ _id, _source }) => [_id, _source]))] as const
  }
  // Every index is set.
  return Object.fromEntries(await Promise.all(INDEX_NAMES.map(read))) as Record<IndexName, Record<string, JavaDocument>>
}
