import { doctorRowId, traineeRowId, type RowId } from '../../../../domain/row.ts'
import type { ReadRow } from '../../../../ports/index-store.ts'
import { storedDocument } from '../../stored-document.ts'
import { assembledOf, type PresentFields } from '../row-document.ts'

/** A document of the Java services. They add `id` and `_class`. */
export type JavaSource = PresentFields

const OF_NOBODY = 'java-'
const REPEATED = '#'
const NO_PARTS = { trainee: null, doctor: null, outcome: null, reason: null } as const

/**
 * The id that the row would have here, so that rows of both can be compared: the Java services give random ones. That of a row without a
 * person and without a number is its own; of several rows of one person, the others than the first are numbered. The numbers sort
 * before the digits that follow in longer ids.
 */
export function javaRowId(ownId: string, { tcsPersonId, gmcReferenceNumber }: JavaSource, time = 1): RowId {
  const id = idWithoutTime(ownId, tcsPersonId, gmcReferenceNumber)
  return time === 1 ? id : `${id}${REPEATED}${time}`
}

function idWithoutTime(ownId: string, person: unknown, number: unknown): RowId {
  if (typeof person === 'number') return traineeRowId(person)
  return typeof number === 'string' && number !== '' ? doctorRowId(number) : OF_NOBODY + ownId
}

/** The own id of a row without a person and without a number; null for any other id. */
export function ownIdIn(id: RowId): string | null {
  return id.startsWith(OF_NOBODY) ? id.slice(OF_NOBODY.length) : null
}

/** A row of the master index, with the reason that only the exception index has. */
export function javaRow(id: RowId, source: JavaSource, reason: string | null): ReadRow {
  const document = storedDocument({ ...assembledOf(source), exceptionReason: source.exceptionReason ?? reason })
  return { row: { id, parts: NO_PARTS }, document, origin: null, wrongKeys: [], hasNoParts: true }
}
