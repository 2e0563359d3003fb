import * as z from 'zod'
import { FIELDS } from '../../domain/fields.ts'
import { INDEX_NAMES } from '../../domain/lists.ts'
import { CODED_FIELDS, DAY_FIELDS } from '../../domain/profile.ts'
import { SERVICE_NAMES } from '../../ports/run-ledger.ts'
import { byIndex, DAY, ERROR_CODE, named, NUMBERS, TEXT, WHOLE } from './parts.ts'

const SPREAD = named('Spread', 'The days that rows have in a field.', {
  first: DAY.describe('the first'),
  median: DAY.describe('the median'),
  last: DAY.describe('the last'),
})

const COUNTS = {
  withTrainee: WHOLE.describe('rows with a trainee'),
  withoutTrainee: WHOLE.describe('rows without one'),
  withReason: WHOLE.describe('rows with an exception reason'),
  indexes: byIndex(WHOLE).describe('rows of each index, on the day of the run'),
}

export const GENERATION_COUNTS = named('Counts', 'How many rows a generation has.', COUNTS)

const PROFILE = named('Profile', 'A generation in figures, as the likeness checks compare it.', {
  ...COUNTS,
  joined: WHOLE.describe('rows with a trainee and a doctor'),
  fields: z.partialRecord(z.enum(FIELDS), WHOLE).describe('rows that have a value in each field'),
  bodies: NUMBERS.describe('rows of each designated body of the GMC, by its code'),
  codes: z.partialRecord(z.enum(CODED_FIELDS), NUMBERS).describe('rows of each value, for fields with few values'),
  days: z
    .partialRecord(z.enum(DAY_FIELDS), SPREAD.nullable())
    .describe('first, median and last day of each date; null if no row has it'),
})

const DIGESTS = named('Digests', 'Messages, by the result of comparing digests.', {
  compared: WHOLE.describe('messages whose digest was compared with that of the sender'),
  different: WHOLE.describe('of these, messages whose rows differ from what was sent'),
  skipped: WHOLE.describe('messages without a comparable digest, or with a failed row'),
})

const TOTALS = {
  messages: WHOLE.describe('messages'),
  rows: WHOLE.describe('rows in them'),
  failedRows: WHOLE.describe('rows that failed'),
}

const STAGE_EVIDENCE = named('Stage evidence', 'What a sender announced for a stage, and what was received.', {
  announced: z.strictObject(TOTALS).describe('as the sender reported; as received if it reports no totals'),
  received: z
    .strictObject({ ...TOTALS, withoutTrainee: WHOLE.describe('doctors that became a row of their own') })
    .describe('as the writer counted'),
  digests: DIGESTS.describe('digests of the messages'),
})

const CHECK = named('Check', 'Two figures that must be equal.', {
  what: TEXT.describe('what was compared, such as `trainees reported and received`'),
  left: z.int().describe('the first figure'),
  right: z.int().describe('the second figure'),
  verdict: z
    .enum(['same', 'differs', 'not compared'])
    .describe(
      '`differs` holds the run back; `not compared`: the sender reported no totals, or no service counted the list',
    ),
})

const FINDING = named('Likeness finding', 'A figure in which the generation differs too much.', {
  figure: TEXT.describe('such as `rows of connectedindex`'),
  before: z.union([z.int(), TEXT]).describe('a number of rows, or a day'),
  now: z.union([z.int(), TEXT]).describe('the same of the new generation'),
  verdict: z.enum(['held back', 'warned']).describe('whether it holds the run back'),
  why: TEXT.describe('such as `94 % fewer`'),
})

const REFUSAL = named('Refusal', 'Why a generation may not go live automatically.', {
  code: ERROR_CODE.describe('the failed check'),
  reason: TEXT.describe('in words'),
})

export const EVIDENCE = named('Evidence', 'What the checks of a run found.', {
  stages: z
    .record(z.enum(['trainees', 'doctors']), STAGE_EVIDENCE)
    .nullable()
    .describe('by stage; null for runs of versions before 1.0'),
  checks: z.array(CHECK).readonly().describe('every pair of figures that was compared'),
  profile: PROFILE.describe('the new generation in figures'),
  comparedWith: z
    .union([z.strictObject({ run: TEXT.describe('id of the run') }), z.literal('existing indexes')])
    .nullable()
    .describe('what the profile was compared with: a run, the indexes at the alias names, or nothing'),
  findings: z.array(FINDING).readonly().describe('what differs too much, the most severe first'),
  digests: DIGESTS.describe('of both stages together'),
  readBack: z
    .strictObject({
      rows: WHOLE.describe('rows that were read back'),
      different: z.array(TEXT).readonly().describe('ids of those that differ from what was written'),
    })
    .describe('a sample of rows, read back from the index store'),
  lists: z
    .partialRecord(z.enum(SERVICE_NAMES), z.partialRecord(z.enum(INDEX_NAMES), WHOLE))
    .describe('how many rows each service counted in its lists'),
  refusal: REFUSAL.nullable().describe('why it may not go live automatically; null if it may'),
  accepted: REFUSAL.nullable().describe('a refusal that was accepted because `expect` was given'),
})
