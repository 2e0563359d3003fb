import * as z from 'zod'
import { REPAIRS } from '../../ports/run-ledger.ts'
import { KEPT_NAMES } from '../../sync/compare/compared-runs.ts'
import { LIST_NAMES } from '../../domain/lists.ts'
import { byIndex, DAY, FLAG, INSTANT, KEPT, named, NUMBERS, SECONDS, TEXT, WHOLE } from './parts.ts'

const TABLE = z.enum(LIST_NAMES)
const KIND = z.enum(['missing', 'surplus', 'different'])
const FIELDS_THAT_DIFFER = z.array(TEXT).readonly().describe('for `different`: the fields that differ')

/** What `reval compare` prints: exactly this, whatever else it knows. */
export const DIFFERENCES = z.strictObject({
  missing: z.array(TEXT).readonly().describe('ids of rows that only the second has; for `verify`: that live lacks'),
  surplus: z.array(TEXT).readonly().describe('ids of rows that only the first has; for `verify`: that only live has'),
  different: z
    .array(
      z.strictObject({
        id: TEXT.describe('id of the row'),
        fields: z
          .array(TEXT)
          .readonly()
          .describe(
            'the fields that differ; parts such as `trainee.doctorFirstName` and keys such as `key.number` follow',
          ),
      }),
    )
    .readonly()
    .describe('rows that both have, and that differ'),
})

export const TABLE_DIFFERENCE = named('Table difference', 'A row of a table that is not as the master requires.', {
  list: TABLE.describe('the table'),
  id: TEXT.describe('id of the row'),
  kind: KIND.describe('`missing`: the table lacks it; `surplus`: the table should not have it'),
  fields: FIELDS_THAT_DIFFER,
})

/** What `reval verify` prints. */
export const VERIFY_DIFFERENCES = DIFFERENCES.extend({
  tables: z
    .array(TABLE_DIFFERENCE)
    .readonly()
    .describe('rows of tables that are not as the master of live requires; empty if the lists are views'),
})

const MOVEMENT = named('Movement', 'How many rows enter and leave a list.', {
  enter: WHOLE.describe('rows that only the second has in the list'),
  leave: WHOLE.describe('rows that only the first has in the list'),
  change: WHOLE.describe('rows that stay in it and differ in a field that it shows'),
})

const LIST_MOVEMENTS = named('List movements', 'The movements in a list.', {
  all: MOVEMENT.describe('of all rows'),
  bodies: z
    .record(TEXT, MOVEMENT)
    .describe('by the code of the designated body, `""` for none; bodies without movement are absent'),
})

export const SUMMARY = named('Comparison summary', 'How two generations differ, in figures.', {
  rows: z
    .strictObject({ before: WHOLE.describe('of the first'), after: WHOLE.describe('of the second') })
    .describe('how many rows there are'),
  missing: WHOLE.describe('rows that only the second has'),
  surplus: WHOLE.describe('rows that only the first has'),
  different: WHOLE.describe('rows that differ'),
  fields: NUMBERS.describe('how many rows differ in each field'),
  lists: byIndex(LIST_MOVEMENTS).describe('by index'),
})

export const RUN_COMPARISON = named('Run comparison', 'How the generation of a run differed from live.', {
  with: KEPT.describe('what was live'),
  day: DAY.describe('the day for which the lists of both were read'),
  at: INSTANT.describe('when they were compared'),
  summary: SUMMARY.describe('the differences; live is the first'),
})

export const COMPARED_RUN = named('Compared run', 'One side of a comparison.', {
  generation: TEXT.describe('id of the generation'),
  run: TEXT.describe('id of the run'),
  kept: z.enum(KEPT_NAMES).describe('what it is kept as'),
})

export const COMPARISON_FIGURES = z.strictObject({
  before: COMPARED_RUN.describe('the first run'),
  after: COMPARED_RUN.describe('the second run'),
  day: DAY.describe('the day for which the lists of both were read'),
  summary: SUMMARY.describe('the differences'),
})

const VALUES = z.record(TEXT, z.union([TEXT, z.number(), FLAG, z.null()])).nullable()

export const DIFFERENCE_LINE = z.strictObject({
  id: TEXT.describe('id of the row'),
  kind: KIND.describe('`missing`: only the second has it; `surplus`: only the first'),
  fields: z.array(TEXT).readonly().describe('for `different`: the fields that differ; empty for the others'),
  before: VALUES.describe('the values of the first by field: of those that differ, or of all; null for `missing`'),
  after: VALUES.describe('those of the second; null for `surplus`'),
})

const VERIFICATION_FIELDS = {
  run: TEXT.describe('id of the run that verified'),
  by: TEXT.describe('who requested it'),
  live: KEPT.describe('what was verified'),
  day: DAY.describe('the day of live'),
  finishedAt: INSTANT.describe('when it finished'),
  rows: z
    .strictObject({ live: WHOLE.describe('in live'), built: WHOLE.describe('in what was built to compare') })
    .describe('how many rows there are'),
  missing: WHOLE.describe('rows that live lacks'),
  surplus: WHOLE.describe('rows that only live has'),
  different: WHOLE.describe('rows that differ'),
  tables: z
    .strictObject({
      missing: WHOLE.describe('rows that a table lacks'),
      surplus: WHOLE.describe('rows that a table should not have'),
      different: WHOLE.describe('rows that differ'),
    })
    .nullable()
    .describe('of the four tables, compared with the master of live; null if the lists are views'),
  listed: WHOLE.describe('how many of all these are on record with their ids'),
  settled: WHOLE.describe('rows that differed at first, but not when they were checked again'),
  repaired: z
    .strictObject({
      how: z.enum(REPAIRS).describe('by promoting what was built, or by refreshing the rows'),
      at: INSTANT.describe('when'),
      remaining: WHOLE.describe('rows that still differ'),
    })
    .nullable()
    .describe('how live was repaired; null if it was not'),
}

export const VERIFICATION = named(
  'Verification',
  'Live, compared with what the sources give for its day.',
  VERIFICATION_FIELDS,
)

export const LATEST_VERIFICATION = named('Latest verification', 'A verification, and what it says of live now.', {
  ...VERIFICATION_FIELDS,
  ageSeconds: SECONDS.describe('how long ago it finished'),
  isOfLive: FLAG.describe('whether what it verified, or promoted, is still live'),
  hasDrift: FLAG.describe('whether live, as it is now, was found to differ and was not repaired'),
})

const FINDING = named('Verification finding', 'A row of live, or of one of its tables, that is not as required.', {
  list: TABLE.nullable().describe('the table; null for a row of the master index'),
  id: TEXT.describe('id of the row'),
  kind: KIND.describe(
    '`missing`: live or the table lacks it; `surplus`: only live or the table has it; `different`: both have it',
  ),
  fields: FIELDS_THAT_DIFFER,
  isRepaired: FLAG.describe('whether a repair by rows put it right'),
})

const PAGE = {
  findings: z.array(FINDING).readonly().describe('by id, those of tables last'),
  next: WHOLE.nullable().describe('`skip` of the next page; null if there is none'),
}

export const VERIFIED = z.strictObject({ verification: VERIFICATION.describe('the result'), ...PAGE })
export const LATEST_VERIFIED = z.strictObject({
  verification: LATEST_VERIFICATION.nullable().describe('the latest result; null if there is none'),
  ...PAGE,
})
