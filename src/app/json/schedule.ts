import * as z from 'zod'
import { SCHEDULE_OUTCOMES, SCHEDULED } from '../../ports/schedule.ts'
import { ERROR_CODE, INSTANT, named, TEXT, WHOLE } from './parts.ts'

const OUTCOME = named('Schedule outcome', 'What came of a due time.', {
  outcome: z
    .enum(SCHEDULE_OUTCOMES)
    .describe('`skipped`: a run was in progress, or nothing is live; `missed`: not started within half an hour'),
  dueAt: INSTANT.describe('when it was due; of several missed times, the first'),
  decidedAt: INSTANT.nullable().describe('when that was recorded; null while no process is the writer'),
  times: WHOLE.describe('how many due times it stands for'),
  run: TEXT.nullable().describe('the run that was started, or that was in progress'),
  code: ERROR_CODE.nullable().describe('why it was skipped or failed'),
})

const SCHEDULED_THING = named('Scheduled', 'What starts on its own, and when.', {
  what: z.enum(SCHEDULED).describe('`reasons`: comparing the exception reasons with those in live'),
  expression: TEXT.nullable().describe('cron expression; null if it is switched off'),
  words: TEXT.nullable().describe('the expression in words'),
  next: z.array(INSTANT).readonly().describe('the next five due times'),
  outcomes: z.array(OUTCOME).readonly().describe('newest first, at most 21'),
})

export const SCHEDULE = z.strictObject({
  timeZone: TEXT.describe('time zone of the expressions'),
  schedule: z.array(SCHEDULED_THING).readonly().describe('one for each of the three'),
})

export type ScheduleView = z.output<typeof SCHEDULE>
