import type { Day } from '../../domain/day.ts'
import { javaDocuments, rowIdOf, type JavaDocuments } from '../../domain/java/java-documents.ts'
import { INDEX_NAMES, type IndexDocument, type IndexName } from '../../domain/lists.ts'
import type { RowId } from '../../domain/row.ts'
import type { GenerationId, IndexStore } from '../../ports/index-store.ts'

/** The rows that one pass compares: those whose ids fall into one of several parts of about the same size. */
export interface Part {
  readonly at: number
  readonly of: number
}

/** Documents without a person and a number, which belong to no row. */
const NOBODY = ''

/** Whether a row belongs to a part. */
export function isInPart(id: RowId, { at, of }: Part): boolean {
  let hash = 0
  for (let unit = 0; unit < id.length; unit += 1) hash = (hash * 31 + id.charCodeAt(unit)) >>> 0
  return hash % of === at
}

/** The documents of the Java indexes for the rows of one part, as text, since documents take several times the memory. */
export class JavaRows {
  readonly #texts = new Map<RowId, string[]>()
  readonly counts = new Map<IndexName, number>()

  static async read(
    store: Pick<IndexStore, 'documents'>,
    { generation, day, part }: { readonly generation: GenerationId; readonly day: Day; readonly part: Part },
    signal?: AbortSignal,
  ): Promise<JavaRows> {
    const rows = new JavaRows()
    for (const index of INDEX_NAMES) {
      for await (const document of store.documents(generation, index, day)) {
        signal?.throwIfAborted()
        const id = rowIdOf(document) ?? NOBODY
        if (isInPart(id, part)) rows.#add(index, id, document)
      }
    }
    return rows
  }

  #add(index: IndexName, id: RowId, document: IndexDocument): void {
    const text = JSON.stringify([index, document])
    const texts = this.#texts.get(id)
    if (texts === undefined) this.#texts.set(id, [text])
    else texts.push(text)
    this.counts.set(index, (this.counts.get(index) ?? 0) + 1)
  }

  /** The documents of a row, once. */
  take(id: RowId): JavaDocuments {
    const texts = this.#texts.get(id) ?? []
    this.#texts.delete(id)
    const found: Partial<Record<IndexName, IndexDocument[]>> = {}
    for (const text of texts) {
      // As `#add` wrote it.
      const [index, document] = JSON.parse(text) as [IndexName, IndexDocument]
      found[index] = [...(found[index] ?? []), document]
    }
    return javaDocuments(found)
  }

  /** The rows that were not taken. */
  remaining(): readonly RowId[] {
    return [...this.#texts.keys()]
  }
}
