import type { RowId } from '../../../domain/row.ts'
import type { ListedRow } from '../../../ports/list-reader.ts'
import { assembledOf, type StoredDocument } from '../../index-store/opensearch/row-document.ts'
import { partsOfValues } from '../../index-store/row-codec.ts'
import { storedDocument } from '../../index-store/stored-document.ts'

export interface FoundRow {
  readonly _id: RowId
  readonly _source: StoredDocument
}

/** A document as a list shows it. */
export function listedRow({ _id: id, _source: source }: FoundRow): ListedRow {
  const { doctor } = partsOfValues(source.reval?.parts).parts
  return {
    id,
    document: storedDocument(assembledOf(source)),
    dateAdded: doctor?.dateAdded ?? null,
    sanction: doctor?.sanction ?? null,
  }
}
