import { assemble } from '../assemble.ts'
import { gmcNumber, shownNumber } from '../gmc-number.ts'
import type { IndexDocument } from '../lists.ts'
import type { Parts } from '../row.ts'
import type { DifferenceContext, Explains } from './explanation.ts'
import { isBlank, valueIn } from './java-documents.ts'
import { differencesIn, type JavaDifference, type RowPair } from './java-differences.ts'
import { isFoundBy } from './number-words.ts'

// Rules about rows that the Java services made of other parts than we do: the row is made of theirs, and must then be as the Java indexes
// have it, but for what the other rules explain.

/**
 * Text in place of a number is not a number for the Java services: "1234567 (old)" joined doctor 1234567 and shows that number, so that the
 * doctor has no row of its own; a doctor or exception reason stored as "UNKNOWN" joined every such trainee.
 */
export function textJoined(others: Explains): Explains {
  return (difference, context) => {
    const { parts } = context.pair.ours?.row ?? {}
    if (parts === undefined) return false
    if (parts.trainee === null && difference.kind === 'missing') return hasJoinedTrainee(context)
    const text = (parts.trainee ?? parts.doctor)?.gmcReferenceNumber ?? null
    if (text === null || gmcNumber(text) !== null) return false
    return joinedBy(text, parts, context).some((joined) => {
      const number = joined.doctor?.gmcReferenceNumber ?? text
      if (!showsNumber(difference, context.pair, number)) return false
      // Our rows have no reason for text in place of a number, whatever exceptionLogs has for it.
      const reason = gmcNumber(number) === null ? reasonIn(difference) : joined.reason
      // The row as it is: the other rules are asked about it anyway.
      if (joined.doctor === parts.doctor && reason === parts.reason) return false
      const pair = pairWith(context.pair, { ...joined, reason })
      return isGone(difference, { ...context, pair }, others)
    })
  }
}

/** The parts that a row with this text in place of a number may have been joined of: its own, or with a doctor found by the text. */
function joinedBy(text: string, own: Parts, { others }: DifferenceContext): Parts[] {
  if (own.trainee === null) return [own]
  const found = others.flatMap(({ ours }) => ours?.row.parts ?? [])
  const doctors = found.filter(({ doctor }) => doctor !== null && isFoundBy(text, doctor.gmcReferenceNumber))
  return [own, ...doctors.map((of) => ({ ...of, trainee: own.trainee }))]
}

function reasonIn({ document }: JavaDifference): string | null {
  const reason = document === null ? null : valueIn(document, 'exceptionReason')
  return typeof reason === 'string' && !isBlank(reason) ? reason : null
}

/** Whether a trainee with other text in place of the number shows this doctor's number in the Java master. */
function hasJoinedTrainee({ pair, others }: DifferenceContext): boolean {
  const number = pair.ours?.row.parts.doctor?.gmcReferenceNumber
  return (
    number !== undefined &&
    others.some((other) => {
      const text = other.ours?.row.parts.trainee?.gmcReferenceNumber ?? null
      return gmcNumber(text) === null && isFoundBy(text, number) && masterShows(other, number)
    })
  )
}

function showsNumber({ document }: JavaDifference, pair: RowPair, number: string): boolean {
  return document === null ? masterShows(pair, number) : valueIn(document, 'gmcReferenceNumber') === shownNumber(number)
}

function masterShows({ java }: RowPair, number: string): boolean {
  return java.masterdoctorindex.some((document) => valueIn(document, 'gmcReferenceNumber') === shownNumber(number))
}

/**
 * A doctor without `underNotice` and with a recommendation was never sent: the index has nothing of this doctor. The row does not show a
 * recommendation without an outcome.
 */
export function neverSent(others: Explains): Explains {
  return (difference, context) => {
    const { parts } = context.pair.ours?.row ?? {}
    if (parts === undefined || parts.doctor?.underNotice !== null) return false
    if (parts.outcome === null && !context.tied.has(parts.doctor.gmcReferenceNumber)) return false
    const { kind, index } = difference
    if (parts.trainee === null) return kind === 'missing' && context.pair.java[index].length === 0
    const pair = pairWith(context.pair, { ...parts, doctor: null, outcome: null })
    const alone = { ...context, pair }
    // The rest of the document must be right too: it has nothing of the doctor only if it has all of the trainee alone.
    return kind === 'missing'
      ? isGone(difference, alone, others)
      : differencesIn(index, pair, context).every((each) => others(each, alone))
  }
}

/**
 * A trainee who is new since the last rebuild: the master has our owner and curriculum end of the membership, but neither its type nor
 * its dates.
 */
export function newTrainee(others: Explains): Explains {
  return (difference, context) => {
    const { pair } = context
    if (pair.ours === null) return false
    const { document, row } = pair.ours
    if (row.parts.trainee === null) return false
    const isOurs = (each: IndexDocument, field: 'programmeOwner' | 'curriculumEndDate') =>
      document[field] !== null && valueIn(each, field) === document[field]
    const isNew = pair.java.masterdoctorindex.some(
      (each) =>
        isOurs(each, 'programmeOwner') &&
        isOurs(each, 'curriculumEndDate') &&
        NEVER_TAKEN_OVER.every((field) => valueIn(each, field) === null),
    )
    if (!isNew) return false
    const trainee = {
      ...row.parts.trainee,
      programmeMembershipType: null,
      programmeMembershipStartDate: null,
      programmeMembershipEndDate: null,
    }
    return isGone(difference, { ...context, pair: pairWith(pair, { ...row.parts, trainee }) }, others)
  }
}

/** What the Java services take over in a rebuild only. */
const NEVER_TAKEN_OVER = ['membershipType', 'membershipStartDate', 'membershipEndDate'] as const

function pairWith({ id, java }: RowPair, parts: Parts): RowPair {
  return { id, java, ours: { row: { id, parts }, document: assemble(parts) } }
}

/** Whether the difference is gone with the row joined otherwise, or explained by another rule. */
function isGone({ index, kind, field }: JavaDifference, context: DifferenceContext, others: Explains): boolean {
  const remaining = differencesIn(index, context.pair, context)
  return remaining.every((each) => each.kind !== kind || each.field !== field || others(each, context))
}
