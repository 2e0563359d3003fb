import * as z from 'zod'
import { ENDS, PURPOSES, REPAIRS, STAGES } from '../../ports/run-ledger.ts'
import { RUN_COMPARISON, VERIFICATION } from './differences.ts'
import { EVIDENCE, GENERATION_COUNTS } from './evidence.ts'
import { DAY, ERROR_CODE, INSTANT, named, SECONDS, TEXT, WHOLE } from './parts.ts'

export const STAGE = named('Stage', 'One stage of a run, and its progress.', {
  stage: z.enum(STAGES).describe('name of the stage'),
  startedAt: INSTANT.nullable().describe('when it started'),
  finishedAt: INSTANT.nullable().describe('when it finished; null while it goes on'),
  seconds: SECONDS.nullable().describe('how long it took, or has taken'),
  expected: WHOLE.nullable().describe(
    'rows that the sender expects to send; null without a sender, and before its claim',
  ),
  rows: WHOLE.describe('rows received so far'),
  messages: WHOLE.describe('messages received so far'),
  failedRows: WHOLE.describe('rows that failed so far'),
  lateMessages: WHOLE.describe('messages of an attempt that is over; they are not counted'),
  unjoined: z
    .strictObject({ written: WHOLE.describe('how many were written'), of: WHOLE.describe('of how many') })
    .nullable()
    .describe('trainees without a doctor, written at the end of `doctors`'),
  rowsPerSecond: z.number().nonnegative().nullable().describe('rate'),
  secondsLeft: SECONDS.nullable().describe('estimate; null if unknown'),
})

const RESTART = named('Restart', 'The run started over, in a new generation.', {
  cause: z.enum(['takeover', 'fault']).describe('another writer took over, or something failed'),
  reason: TEXT.describe('in words'),
  at: INSTANT.nullable().describe('when'),
})

const DECISION = named('Decision', 'What an operator decided about a run that was held back.', {
  action: z.enum(['promoted', 'discarded']).describe('what was decided'),
  by: TEXT.describe('who decided'),
  why: TEXT.describe('the reason given'),
  at: INSTANT.nullable().describe('when; null if an earlier version did not record it'),
})

/** The fields of a run, which results with more to say extend. */
export const RUN_FIELDS = {
  id: TEXT.describe('id of the run'),
  purpose: z
    .enum(PURPOSES)
    .describe('`sync` to go live, `preview` to be held back, `verify` to be compared with live and dropped'),
  repair: z.enum(REPAIRS).nullable().describe('for `verify`: how to repair live if it differs'),
  state: z.enum([...STAGES, ...ENDS]).describe('the stage it is in, or how it ended'),
  day: DAY.describe('the day for which the rules are applied'),
  requestedAt: INSTANT.nullable().describe('when it was requested'),
  requestedBy: TEXT.describe('who requested it'),
  finishedAt: INSTANT.nullable().describe('when it ended; null while it goes on'),
  seconds: SECONDS.describe('how long it took, or has taken'),
  generation: TEXT.nullable().describe('id of the generation it builds'),
  restarts: z.array(RESTART).readonly().describe('oldest first'),
  expect: TEXT.nullable().describe('why it was expected to differ from live; null if it was not'),
  stages: z.array(STAGE).readonly().describe('the stages it reached, in order'),
  counts: GENERATION_COUNTS.nullable().describe('rows of the generation; null before the checks'),
  evidence: EVIDENCE.nullable().describe('what the checks found; null before them'),
  comparison: RUN_COMPARISON.nullable().describe('how the generation differed from live; null if not compared'),
  verification: VERIFICATION.nullable().describe('for `verify`: the result; null before'),
  failure: z
    .strictObject({
      code: ERROR_CODE.describe('why'),
      reason: TEXT.describe('in words'),
      stage: z.enum(STAGES).describe('in which stage'),
      remedy: TEXT.describe('what to do'),
    })
    .nullable()
    .describe('why it failed or was held back'),
  decision: DECISION.nullable().describe('who promoted or discarded it, and why; null for no decision'),
  unproved: z
    .array(z.enum(['trainees', 'doctors']))
    .readonly()
    .describe('the stages whose sender reported no totals: completeness is not proved'),
}

export const RUN = named('Run', 'A run.', RUN_FIELDS)
