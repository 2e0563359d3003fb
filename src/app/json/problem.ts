import * as z from 'zod'
import { ERROR_CODE, named, TEXT, WHOLE } from './parts.ts'
import { RUN } from './run.ts'

const PROBLEM_FIELDS = {
  type: z.literal('about:blank').describe('always `about:blank`: `code` tells errors apart'),
  title: TEXT.describe('the name of the status'),
  status: WHOLE.describe('the HTTP status'),
  detail: TEXT.describe('what happened'),
  code: ERROR_CODE.describe('error code'),
  remedy: TEXT.describe('what to do'),
  details: z.looseObject({}).describe('facts by name; which ones depends on the code'),
}

/** The body of an answer with a status of 400 or above (RFC 9457). */
export const PROBLEM = named('Problem', 'Why a request was refused or failed (RFC 9457).', PROBLEM_FIELDS)
export type Problem = z.infer<typeof PROBLEM>

/** The same if a run cannot be requested. */
export const RUN_PROBLEM = named('Run problem', 'Why no run was requested.', {
  ...PROBLEM_FIELDS,
  run: RUN.nullable().optional().describe('the run in progress; absent if that is not why'),
})
