import { assemble } from './assemble.ts'
import type { Day } from './day.ts'
import type { GmcNumber } from './gmc-number.ts'
import { hasReason, isVisitor } from './lists.ts'
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
  /** It decides for itself which rows are exceptions, by its own clock, and could remove the row or add it a second time. */
  | 'exception without a reason'

/** How a Java service would harm its lists with a row; null if it would not. `today` is the current day. */
export function harmToJavaLists(row: Row, isShared: boolean, today: Day): ListHarm | null {
  if (numberOfRow(row) === null) return 'no number of its own'
  if (isShared) return 'shared number'
  const document = assemble(row.parts)
  const { membershipEndDate, connectionStatus } = document
  // Its clock may be a day ahead.
  const hasEnded = membershipEndDate !== null && membershipEndDate <= today && connectionStatus === 'Yes'
  return !hasReason(document) && (isVisitor(document) || hasEnded) ? 'exception without a reason' : null
}

/** Those of the rows with which a Java service does not harm its lists; `known` has all rows of their numbers. */
export function harmlessToJavaLists(rows: readonly Row[], known: readonly Row[], today: Day): readonly Row[] {
  const idsOf = new Map<GmcNumber, Set<RowId>>()
  for (const row of [...rows, ...known]) {
    const number = numberOfRow(row)
    if (number !== null) idsOf.set(number, (idsOf.get(number) ?? new Set()).add(row.id))
  }
  return rows.filter((row) => {
    const number = numberOfRow(row)
    const isShared = number !== null && (idsOf.get(number)?.size ?? 0) > 1
    return harmToJavaLists(row, isShared, today) === null
  })
}
