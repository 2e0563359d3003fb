import { assemble } from '../assemble.ts'
import { FIELDS } from '../fields.ts'
import type { DifferenceContext, Explains } from './explanation.ts'
import { blankBody, lostExistence, missingDate, noDoctor, staleStatus, tie, whiteSpace } from './field-rules.ts'
import type { JavaDifference, RowPair } from './java-differences.ts'
import { neverSent, newTrainee, textJoined } from './join-rules.ts'
import { merged, numberless, overwritten } from './row-rules.ts'

/** A deliberate difference from the Java services. Source of the tables in docs/rules.md, "Intended differences from the reference". */
interface JavaRule {
  /** What the Java services do. */
  readonly reference: string
  readonly here: string
  readonly explains: Explains
}

const OF_FIELDS_AND_LISTS = {
  'missing-date': {
    reference: 'one missing date made all three null',
    here: 'only the missing date is null',
    explains: missingDate,
  },
  'blank-body': {
    reference:
      'a blank designated body counted as connected in the master index; in the lists only if it was white space',
    here: 'not connected',
    explains: blankBody,
  },
  'no-doctor': {
    reference: '`connectionStatus` was null for a trainee without a doctor',
    here: '"No"',
    explains: noDoctor,
  },
  'lost-existence': {
    reference: '`existsInGmc` was lost in the recommendation index, so the list was empty',
    here: 'kept',
    explains: lostExistence,
  },
  'merged-rows': {
    reference: 'rows with the same GMC number, or with "Unknown" and "unknown", were merged in the connection indexes',
    here: 'each trainee has a row',
    explains: merged,
  },
  'tied-recommendations': {
    reference: 'ties of the latest recommendation depended on storage order',
    here: 'decided by the GMC date, then by `_id`',
    explains: tie,
  },
  'white-space': {
    reference: 'blank text, and white space around a GMC number, was kept',
    here: 'blank is null, numbers are trimmed',
    explains: whiteSpace,
  },
} as const satisfies Readonly<Record<string, JavaRule>>

const OF_CHANGES = {
  'stale-status': {
    reference: 'a changed doctor kept the old `connectionStatus` in the master index; a new one had none',
    here: 'follows the designated body',
    explains: staleStatus,
  },
  'overwritten-rows': {
    reference: 'a changed row overwrote those with the same number, or text in its place, in the recommendation index',
    here: 'each trainee has a row',
    explains: overwritten,
  },
  'row-without-number': {
    reference: 'a new row without a GMC number was missing from the recommendation index',
    here: 'in it at once',
    explains: numberless,
  },
} as const satisfies Readonly<Record<string, JavaRule>>

const explainedOtherwise: Explains = (difference, context) =>
  [...Object.values(OF_FIELDS_AND_LISTS), ...Object.values(OF_CHANGES)].some(({ explains }) =>
    explains(difference, context),
  )

const OF_JOINS = {
  'joined-text': {
    reference: '"1234567 (old)" joined doctor 1234567 and lost its own value',
    here: 'displayed, joins nothing',
    explains: textJoined(explainedOtherwise),
  },
  'never-sent': {
    reference: 'a doctor without `underNotice` but with a recommendation ended the job silently',
    here: 'not under notice',
    explains: neverSent(explainedOtherwise),
  },
} as const satisfies Readonly<Record<string, JavaRule>>

const OF_NEW_ROWS = {
  'new-trainee': {
    reference: 'a new trainee had no membership type and dates',
    here: 'they are there at once',
    explains: newTrainee(explainedOtherwise),
  },
} as const satisfies Readonly<Record<string, JavaRule>>

/** What a rebuild by the Java services makes otherwise. */
export const REBUILD_RULES = { ...OF_JOINS, ...OF_FIELDS_AND_LISTS }
/** What their live changes make otherwise, until the next rebuild. Only what the documents prove. */
export const CHANGE_RULES = { ...OF_CHANGES, ...OF_NEW_ROWS }

export const JAVA_RULES = { ...REBUILD_RULES, ...CHANGE_RULES }
export type JavaRuleName = keyof typeof JAVA_RULES
// The keys of a constant are those of its type.
export const JAVA_RULE_NAMES = Object.keys(JAVA_RULES) as readonly JavaRuleName[]

/**
 * The rule that made the difference, the first of those that could have; null if none is proved to. A row of ours that is not as its parts require is never explained: it is
 * wrong, whatever the Java services have.
 */
export function explain(difference: JavaDifference, context: DifferenceContext): JavaRuleName | null {
  const { ours } = context.pair
  if (ours === null || !isAsItsParts(ours)) return null
  return JAVA_RULE_NAMES.find((name) => JAVA_RULES[name].explains(difference, context)) ?? null
}

function isAsItsParts({ row, document }: NonNullable<RowPair['ours']>): boolean {
  const required = assemble(row.parts)
  return FIELDS.every((field) => required[field] === document[field])
}
