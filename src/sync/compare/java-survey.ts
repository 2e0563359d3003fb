import type { Day } from '../../domain/day.ts'
import type { Field } from '../../domain/fields.ts'
import { wordsOf } from '../../domain/java/confused-rows.ts'
import type { GenerationId, IndexStore } from '../../ports/index-store.ts'
import { SharedWords } from './shared-words.ts'

/** What a comparison needs to know of both sides before it compares rows. */
export interface JavaSurvey {
  /** Of the larger side. */
  readonly rows: number
  /** The words of the numbers of our rows. */
  readonly shared: SharedWords
  /** Fields that the Java services do not know. */
  readonly unknown: readonly Field[]
}

interface Sides {
  readonly ours: GenerationId
  readonly java: GenerationId
  readonly day: Day
}

/** The services of 2022 do not know these. Newer ones do: then the master index has them in some document. */
const NEWER_FIELDS: readonly Field[] = ['placementGrade']

/** Reads the master index of both sides once. Rejects as the store does, and with the reason of the signal. */
export async function surveyOf(
  store: Pick<IndexStore, 'rows' | 'documents'>,
  { ours, java, day }: Sides,
  signal?: AbortSignal,
): Promise<JavaSurvey> {
  const shared = new SharedWords()
  let rows = 0
  for await (const batch of store.rows(ours)) {
    signal?.throwIfAborted()
    for (const scanned of batch) shared.add(wordsOf({ ours: scanned.read() }))
    rows += batch.length
  }
  let unknown = NEWER_FIELDS
  let documents = 0
  for await (const document of store.documents(java, 'masterdoctorindex', day)) {
    signal?.throwIfAborted()
    documents += 1
    unknown = unknown.filter((field) => document[field] === undefined)
  }
  return { rows: Math.max(rows, documents), shared, unknown }
}
