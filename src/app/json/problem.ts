import * as z from 'zod'
import { ERROR_CODE, named, TEXT, WHOLE } from './parts.ts'

/** The body of an answer with a status of 400 or above (RFC 9457). */
export const PROBLEM = named('Problem', 'Why a request was refused or failed (RFC 9457).', {
  type: z.literal('about:blank').describe('always `about:blank`: `code` tells errors apart'),
  title: TEXT.describe('the name of the status'),
  status: WHOLE.describe('the HTTP status'),
  detail: TEXT.describe('what happened'),
  code: ERROR_CODE.describe('error code'),
  remedy: TEXT.describe('what to do'),
  details: z.looseObject({}).describe('facts by name; which ones depends on the code'),
})
export type Problem = z.infer<typeof PROBLEM>
