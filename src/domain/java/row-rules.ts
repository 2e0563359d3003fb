import type { IndexName } from '../lists.ts'
import type { DifferenceContext, Explains } from './explanation.ts'
import { isOursIn, type RowPair } from './java-differences.ts'

// Rules about rows that the Java services wrote over with others, or did not write. They need the rows that share the number.

const CONNECTION_INDEXES: readonly IndexName[] = ['connectedindex', 'disconnectedindex', 'exceptionindex']

/**
 * Each row of a number replaced the others in the connection lists, so the last one stands for all. One that is not an exception
 * took the others out of the exceptions.
 */
export const merged: Explains = ({ index, kind }, context) => {
  if (!CONNECTION_INDEXES.includes(index)) return false
  const { others, day } = context
  if (kind === 'repeated') return documentsOf(index, context) <= rowsOf(index, context)
  if (kind !== 'missing') return false
  return others.some(
    (other) =>
      other.java[index].length > 0 ||
      (index === 'exceptionindex' && other.ours !== null && !isOursIn(index, other, day)),
  )
}

/**
 * A change of one row of a number replaced the others in the recommendation list: it has several documents of that row, where a
 * rebuild makes one.
 */
export const overwritten: Explains = ({ index, kind }, { pair, others, day }) => {
  if (index !== 'recommendationindex' || others.length === 0) return false
  const all = [pair, ...others]
  const lacking = all.filter((each) => isOursIn(index, each, day) && each.java[index].length === 0).length
  const copies = all.map((each) => each.java[index].length).filter((documents) => documents > 1)
  const overwriting = copies.reduce((sum, documents) => sum + documents, 0)
  if (kind === 'missing') return lacking <= overwriting
  return kind === 'repeated' && overwriting - copies.length <= lacking
}

/** A change of a row without a number is refused; only a rebuild puts the row into the list. */
export const numberless: Explains = ({ index, kind }, { pair }) =>
  index === 'recommendationindex' &&
  kind === 'missing' &&
  pair.ours?.document.gmcReferenceNumber === null &&
  pair.java.masterdoctorindex.some(({ gmcReferenceNumber }) => gmcReferenceNumber === undefined)

function documentsOf(index: IndexName, { pair, others }: DifferenceContext): number {
  return [pair, ...others].reduce((sum, { java }) => sum + java[index].length, 0)
}

function rowsOf(index: IndexName, { pair, others, day }: DifferenceContext): number {
  return [pair, ...others].filter((each: RowPair) => isOursIn(index, each, day)).length
}
