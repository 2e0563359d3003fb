import * as z from 'zod'
import { ERROR_CODE, named, TEXT, WHOLE } from './parts.ts'

export const RESYNC = z.strictObject({
  changed: z
    .array(
      named('Changed row', 'A row that was written.', {
        id: TEXT.describe('id of the row'),
        op: z.enum(['created', 'replaced', 'deleted']).describe('what was done'),
      }),
    )
    .readonly()
    .describe('the rows that were written, by id; the first thousand'),
  written: WHOLE.describe('how many rows were written'),
  keys: WHOLE.describe('how many keys were refreshed'),
  unknown: z.array(TEXT).readonly().describe('keys that no source and no row knows, as given'),
  failed: z
    .array(
      named('Key that failed', 'A row of a key that failed.', {
        key: TEXT.describe('id of the row'),
        code: ERROR_CODE.describe('why'),
        reason: TEXT.describe('in words'),
      }),
    )
    .readonly()
    .describe('rows of the keys that failed'),
})
