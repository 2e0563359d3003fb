import * as z from 'zod'
import { FIELDS } from '../../domain/fields.ts'
import { INDEX_NAMES } from '../../domain/lists.ts'
import { REFRESH_CAUSES } from '../../ports/changes.ts'
import { ENDS, FAILURE_STAGES, STAGES } from '../../ports/run-ledger.ts'
import { KEPT as KEPT_AS } from '../../sync/explain/explanation.ts'
import { CHANGES } from './changes.ts'
import { TABLE_DIFFERENCE } from './differences.ts'
import { FAILURE } from './failures.ts'
import { DAY, ERROR_CODE, FLAG, INSTANT, named, TEXT, WHOLE } from './parts.ts'

const VALUE = z.union([TEXT, z.number(), FLAG])

/** A part of an explanation that may not be known. */
function known<Value extends z.core.$ZodType>(value: Value) {
  return z.strictObject({
    value: z.nullable(value).describe('what was found; null if it is not known'),
    notKnown: z
      .strictObject({ code: ERROR_CODE.describe('error code'), reason: TEXT.describe('in words') })
      .nullable()
      .describe('why it is not known; null if it is'),
  })
}

const MEANING = z.union([
  z.strictObject({ kind: z.literal('person'), tcsPersonId: WHOLE.describe('of TCS') }),
  z.strictObject({ kind: z.literal('number'), number: TEXT.describe('a GMC number') }),
  z.strictObject({ kind: z.literal('document'), storedId: TEXT.describe('`_id` of a doctor, as stored') }),
])

const LIST = named('Explained list', 'Why a row is in a list or not.', {
  list: z.enum(INDEX_NAMES).describe('the list'),
  isIn: FLAG.describe('whether the row is in it'),
  because: TEXT.describe('the rules that decided, in words'),
  rules: z
    .array(
      z.strictObject({
        rule: z
          .enum(['every row', 'connected', 'not connected', 'visitor', 'membership ended', 'exception reason'])
          .describe('the rule'),
        holds: FLAG.describe('whether it puts the row into the list'),
        words: TEXT.describe('why, in words'),
      }),
    )
    .readonly()
    .describe('every rule of the list; one that holds is enough'),
  values: z.partialRecord(z.enum(FIELDS), VALUE.nullable()).describe('the values that decided, by field'),
  wouldChange: TEXT.nullable().describe('what would put the row into the list or take it out; null if nothing would'),
  leftOutBecause: z
    .array(TEXT)
    .readonly()
    .describe('why the service of the list does not show the row although it is in the list'),
})

const STORED_ROW = named('Stored row', 'A row as a generation has it.', {
  id: TEXT.describe('id of the row'),
  fields: z.partialRecord(z.enum(FIELDS), VALUE).describe('the fields that are not null'),
  parts: z
    .strictObject({
      trainee: z.record(TEXT, VALUE.nullable()).nullable().describe('from TCS'),
      doctor: z.record(TEXT, VALUE.nullable()).nullable().describe('from the GMC data'),
      outcome: TEXT.nullable().describe('of the latest recommendation'),
      reason: TEXT.nullable().describe('why a connection failed'),
    })
    .describe('what the fields follow from'),
  refreshed: z
    .strictObject({
      at: INSTANT.nullable().describe('when'),
      causes: z.array(z.enum(REFRESH_CAUSES)).readonly().describe('why'),
    })
    .nullable()
    .describe('the refresh that last wrote the row; null if it is as its run wrote it'),
  wrongKeys: z.array(TEXT).readonly().describe('keys of the store that do not follow from the parts'),
  differsFromLive: z
    .array(TEXT)
    .readonly()
    .nullable()
    .describe('the fields that live has otherwise; null for live itself, and where live lacks the row'),
})

const GENERATION = named('Explained generation', 'A kept generation, and the rows of the key in it.', {
  kept: z.enum(KEPT_AS).describe('why it is kept'),
  generation: TEXT.describe('id of the generation'),
  run: TEXT.describe('id of the run that filled it'),
  runState: z.enum([...STAGES, ...ENDS]).describe('state of the run'),
  day: DAY.describe('the day that its rows are for'),
  createdAt: INSTANT.nullable().describe('when the run began to write it'),
  finishedAt: INSTANT.nullable().describe('when the run ended'),
  rows: known(z.array(STORED_ROW).readonly()).describe('its rows'),
})

const PERSON = named('Person', 'A person as TCS has it now.', {
  personId: WHOLE.describe('id'),
  surname: TEXT.nullable().describe('as stored'),
  forenames: TEXT.nullable().describe('as stored'),
  gmcNumber: TEXT.nullable().describe('as stored'),
  role: TEXT.nullable().describe('as stored'),
  excludedBecause: TEXT.nullable().describe('why `REVAL_TRAINEES` leaves the person out; null if it does not'),
  memberships: z
    .array(
      z.strictObject({
        programme: TEXT.nullable().describe('its name'),
        owner: TEXT.nullable().describe('owner of the programme'),
        type: TEXT.nullable().describe('type of the membership'),
        start: TEXT.nullable().describe('as stored'),
        end: TEXT.nullable().describe('as stored'),
        curriculumEnds: z.array(TEXT.nullable()).readonly().describe('end dates of its curricula'),
        isCurrent: FLAG.nullable().describe('on the day of live; null if a date is impossible'),
      }),
    )
    .readonly()
    .describe('programme memberships'),
  placements: z
    .array(
      z.strictObject({
        grade: TEXT.nullable().describe('id of the grade'),
        from: TEXT.nullable().describe('as stored'),
        to: TEXT.nullable().describe('as stored'),
      }),
    )
    .readonly()
    .describe('placements'),
})

const DOCTOR = named('Doctor', 'A doctor as the GMC data has it now.', {
  storedId: TEXT.describe('`_id` as stored'),
  fields: z.record(TEXT, z.union([TEXT, FLAG])).describe('the fields that are not null, as stored'),
  latestRecommendation: z.record(TEXT, TEXT.nullable()).nullable().describe('the latest one; null if there is none'),
  sharesNumber: FLAG.describe('whether another document has the same number after trimming'),
})

const RESYNC_PLAN = named('Resync plan', 'What a resync would do in live.', {
  changes: z
    .array(
      z.strictObject({
        id: TEXT.describe('id of the row'),
        op: z.enum(['create', 'replace', 'delete']).describe('what it would do with the row'),
        fields: z
          .array(
            z.strictObject({
              field: TEXT.describe('as in `reval compare`'),
              before: VALUE.nullable().describe('in live'),
              after: VALUE.nullable().describe('as the sources require'),
            }),
          )
          .readonly()
          .describe('for `replace`: what differs'),
      }),
    )
    .readonly()
    .describe('the rows that it would write; none if live is right'),
  refused: z
    .array(
      z.strictObject({
        key: TEXT.describe('id of the row'),
        code: ERROR_CODE.describe('error code'),
        reason: TEXT.describe('in words, with values'),
      }),
    )
    .readonly()
    .describe('records that a rule refuses: they have no row'),
})

/** What `reval explain` prints, and its route answers. */
export const EXPLANATION = z.strictObject({
  key: TEXT.describe('as given'),
  isKnown: FLAG.describe('whether anything is known of it'),
  answer: z.array(TEXT).readonly().describe('sentences, the most important one first; their wording may change'),
  at: INSTANT.nullable().describe('when it was looked up'),
  today: DAY.describe('the day for which the lists were read'),
  meanings: z.array(MEANING).readonly().describe('what the key can be'),
  rows: z
    .array(
      z.strictObject({
        id: TEXT.describe('id of the row'),
        lists: z.array(LIST).readonly().describe('the five lists'),
      }),
    )
    .readonly()
    .describe('the rows of live'),
  generations: z.array(GENERATION).readonly().describe('live, previous and held back, as far as there are any'),
  sources: z
    .strictObject({
      persons: known(z.array(PERSON).readonly()).describe('TCS, with those who share the number'),
      doctors: known(z.array(DOCTOR).readonly()).describe('the GMC data'),
      exceptionReasons: known(z.record(TEXT, TEXT)).describe('why connections failed, by GMC number'),
    })
    .describe('what the sources have now'),
  tables: known(z.array(TABLE_DIFFERENCE).readonly()).describe(
    'what the tables of live have otherwise than its master; none if its lists are views',
  ),
  sharedNumbers: z
    .array(
      z.strictObject({
        number: TEXT.describe('GMC number'),
        personIds: z.array(WHOLE).readonly().describe('the persons'),
      }),
    )
    .readonly()
    .describe('numbers that several persons of TCS have'),
  resync: known(RESYNC_PLAN).describe('what a resync would change'),
  failures: z
    .array(
      z.strictObject({
        of: z.enum([...KEPT_AS, 'in progress']).describe('the generation that lacks the row'),
        stage: z.enum(FAILURE_STAGES).describe('where it failed'),
        key: TEXT.describe('id of the row'),
        code: ERROR_CODE.describe('error code'),
        reason: TEXT.describe('in words, with values'),
        at: INSTANT.nullable().describe('when it last failed; null if unknown'),
      }),
    )
    .readonly()
    .describe('failed rows of the key'),
  deadLetters: known(z.array(FAILURE).readonly()).describe('dead letters about the key'),
  changes: CHANGES.nullable().describe('live changes; null if no writer has consumed any yet'),
  looked: z.array(TEXT).readonly().describe('where it was looked for'),
  likely: z.array(TEXT).readonly().describe('why nothing may be known; empty if something is'),
})
