import * as z from 'zod'
import { QUEUES } from '../../ports/broker.ts'
import { FAILURE_STAGES } from '../../ports/run-ledger.ts'
import { INSTANT, named, TEXT, WHOLE } from './parts.ts'

const FAILURE_FIELDS = {
  id: TEXT.describe('`<place>/<key of the row, or id of the dead letter>`'),
  place: z
    .enum([...FAILURE_STAGES, ...QUEUES])
    .describe('the stage that the row failed in, or the queue of the dead letter'),
  generation: z
    .enum(['live', 'in progress'])
    .nullable()
    .describe('the generation that lacks the row; null for a dead letter'),
  at: INSTANT.nullable().describe('when it last failed; null if unknown'),
  code: TEXT.describe('error code; a dead letter of another program may have a code of its own'),
  reason: TEXT.describe('in words, without personal data'),
  keys: z.array(TEXT).readonly().describe('whose rows a replay refreshes'),
}

export const FAILURE = named('Failure', 'A failed row or a dead letter.', FAILURE_FIELDS)

export const SHOWN_FAILURE = z.strictObject({
  ...FAILURE_FIELDS,
  message: z
    .strictObject({ attributes: z.record(TEXT, TEXT).describe('its headers'), body: TEXT.describe('its body') })
    .nullable()
    .describe('the message of a dead letter, values masked unless `--unmasked`; null for a failed row'),
})

const DECISION = named('Failure decision', 'What was decided about failures.', {
  action: z.enum(['replayed', 'discarded', 'expired']).describe('what was done'),
  what: z.array(TEXT).readonly().describe('the failures'),
  by: TEXT.describe('who decided'),
  why: TEXT.describe('the reason given'),
  at: WHOLE.describe('when, in milliseconds since the epoch'),
})

export const FAILURE_LIST = z.strictObject({
  total: WHOLE.describe('how many there are'),
  failures: z.array(FAILURE).readonly().describe('the first of them, at most `--limit`'),
  decisions: z.array(DECISION).readonly().describe('what was decided about failures, newest first'),
})

export const DISCARDED = z.strictObject({ discarded: z.array(FAILURE).readonly().describe('what was removed') })

export const REPLAYED = z.strictObject({
  replayed: z
    .array(
      named('Replayed failure', 'The result of replaying a failure.', {
        id: TEXT.describe('as listed'),
        outcome: z
          .enum(['done', 'failed', 'no keys', 'left to the run'])
          .describe(
            '`done`: the row is right and the failure removed; `no keys`: there is nothing to refresh; ' +
              '`left to the run`: the run in progress refreshes the row when it catches up',
          ),
        code: TEXT.nullable().describe('the code with which it failed again'),
      }),
    )
    .readonly()
    .describe('one for each'),
})

/** A failed row of a run, as `reval status` lists the first ones. */
export const FAILED_ROW = named('Failed row', 'A row that is missing from a generation or wrong in it.', {
  run: TEXT.describe('id of the run'),
  generation: TEXT.describe('id of the generation'),
  stage: z.enum(FAILURE_STAGES).describe('where it failed'),
  at: WHOLE.nullable().describe('when it last failed, in milliseconds since the epoch; null if unknown'),
  key: TEXT.describe('id of the row, or the position in the message'),
  code: TEXT.describe('error code'),
  reason: TEXT.describe('in words, without personal data'),
})

export const FAILED_ROWS = z.strictObject({
  failures: z
    .array(FAILED_ROW)
    .readonly()
    .describe('by key, at most `limit`; `after` is the key of the last one before'),
})
