import { assemble } from './assemble.ts'
import type { Day } from './day.ts'
import type { GmcNumber } from './gmc-number.ts'
import { hasReason, isVisitor, type ListName } from './lists.ts'
import { numberOfRow, type Row, type RowId } from './row.ts'

/**
 * Why a Java service would harm its lists with a changed row. It finds rows by their number as text, or by person, and overwrites
 * or deletes every one that it finds.
 */
export type ListHarm =
  /** It would overwrite every row with the same text in place of a number, and refuses a row without any. */
  | 'no number of its own'
  /** It would make all rows of the number this one. */
  | 'shared number'
  /** A Java connection decides for itself which rows are exceptions, by its own clock: it could remove the row or add it a second time. */
  | 'exception without a reason'

/** The lists that Java services write, and the current day. */
export interface JavaLists {
  readonly lists: readonly ListName[]
  readonly today: Day
}

/** How Java services would harm their lists with a row; null if they would not. `isShared`: other rows have its number too. */
export function harmToJavaLists(row: Row, isShared: boolean, { lists, today }: JavaLists): ListHarm | null {
  if (numberOfRow(row) === null) return 'no number of its own'
  if (isShared) return 'shared number'
  if (!lists.includes('exceptionindex')) return null
  const document = assemble(row.parts)
  const { membershipEndDate, connectionStatus } = document
  // Its clock may be a day ahead.
  const hasEnded = membershipEndDate !== null && membershipEndDate <= today && connectionStatus === 'Yes'
  return !hasReason(document) && (isVisitor(document) || hasEnded) ? 'exception without a reason' : null
}

/** Those of the rows with which Java services do not harm their lists; `known` has all rows of their numbers. */
export function harmlessToJavaLists(rows: readonly Row[], known: readonly Row[], java: JavaLists): readonly Row[] {
  const idsOf = new Map<GmcNumber, Set<RowId>>()
  for (const row of [...rows, ...known]) {
    const number = numberOfRow(row)
    if (number !== null) idsOf.set(number, (idsOf.get(number) ?? new Set()).add(row.id))
  }
  return rows.filter((row) => {
    const number = numberOfRow(row)
    const isShared = number !== null && (idsOf.get(number)?.size ?? 0) > 1
    return harmToJavaLists(row, isShared, java) === null
  })
}
