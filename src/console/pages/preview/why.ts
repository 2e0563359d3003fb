import type { RowDifference } from '../../../domain/comparison.ts'
import type { Move } from '../../../domain/comparison-tally.ts'
import type { Day } from '../../../domain/day.ts'
import type { DesignatedBodies } from '../../../domain/designated-bodies.ts'
import { FIELDS } from '../../../domain/fields.ts'
import { hasReason, isVisitor, type IndexName } from '../../../domain/lists.ts'
import type { AssembledDocument } from '../../../domain/assemble.ts'
import type { Parts } from '../../../domain/row.ts'
import { bodyInWords } from '../../words/bodies.ts'
import { FIELD_WORDS } from '../../words/fields.ts'
import { dayInWords } from '../../words/instants.ts'
import { counted, listed } from '../../words/numbers.ts'

/** How many fields a sentence names. */
const MOST_NAMED = 3

/** Why a row enters, leaves or changes in a list, in a sentence without a full stop. */
export function whyMoved(
  { before, after, fields }: Pick<RowDifference, 'before' | 'after' | 'fields'>,
  { list, move, day, bodies }: WhyContext,
): string {
  if (before === null) return after === null ? '' : `New in ${sourcesOf(after.row.parts)}`
  if (after === null) return `No longer in ${sourcesOf(before.row.parts)}`
  const [old, present] = [before.document, after.document]
  if (move === 'change') return changed(old, present, fields, bodies)
  if (list === 'exceptionindex') {
    const is = exceptionOf(present, day)
    const was = exceptionOf(old, day)
    return move === 'enter'
      ? `Now ${is ?? 'a rule of exceptions applies'}`
      : `No longer so: ${was ?? 'no rule applies'}`
  }
  const given = present.designatedBody
  if (given === null) return 'The GMC no longer gives a designated body'
  return `The GMC gives a designated body: ${bodyInWords(given, bodies)}`
}

export interface WhyContext {
  readonly list: IndexName
  readonly move: Move
  readonly day: Day
  readonly bodies: DesignatedBodies
}

function sourcesOf({ trainee, doctor }: Pick<Parts, 'trainee' | 'doctor'>): string {
  if (trainee === null) return 'GMC data'
  return doctor === null ? 'TCS' : 'TCS and GMC data'
}

function changed(
  old: AssembledDocument,
  present: AssembledDocument,
  fields: readonly string[],
  bodies: DesignatedBodies,
): string {
  const { designatedBody: from } = old
  const { designatedBody: to } = present
  if (from !== null && to !== null && from !== to)
    return `Moved from ${bodyInWords(from, bodies)} to ${bodyInWords(to, bodies)}`
  const named = FIELDS.filter((field) => fields.includes(field)).map((field) => FIELD_WORDS[field])
  if (named.length === 0) return 'Other values'
  const others = named.length - MOST_NAMED
  const shown = others > 0 ? [...named.slice(0, MOST_NAMED), counted(others, 'other field')] : named
  return `Other values: ${listed(shown)}`
}

/** The first rule of the exception list that applies; null if none does. */
function exceptionOf(document: AssembledDocument, day: Day): string | null {
  const { membershipEndDate: end, connectionStatus } = document
  if (hasReason(document)) return 'an exception reason is on record'
  if (isVisitor(document)) return 'the membership is a visitor’s'
  if (end !== null && end < day && connectionStatus === 'Yes') return `the membership ended on ${dayInWords(end)}`
  return null
}
