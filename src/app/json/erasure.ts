import * as z from 'zod'
import { ERROR_CODE, INSTANT, named, TEXT, WHOLE } from './parts.ts'

const ERASED = named('Erased', 'What an erasure found and removed.', {
  rows: z
    .strictObject({
      live: WHOLE.describe('of the live generation'),
      previous: WHOLE.describe('of the previous generation'),
      heldBack: WHOLE.describe('of the held-back generation'),
    })
    .describe('rows'),
  failedRows: WHOLE.describe('failed rows, of all generations'),
  deadLetters: WHOLE.describe('dead letters that name the person'),
  records: WHOLE.describe('records of the ledger in which keys were masked'),
})

export const ERASURE = z.strictObject({
  erased: ERASED.describe('what was removed'),
  sharing: WHOLE.describe('rows of other persons with the same GMC number, which stay'),
  otherKeys: WHOLE.describe('other keys that the removed dead letters named'),
  remaining: z
    .strictObject({
      persons: WHOLE.describe('persons of TCS'),
      doctors: WHOLE.describe('doctors of the GMC data'),
      recommended: WHOLE.describe('how many of these have a recommendation'),
      reasons: WHOLE.describe('exception reasons'),
    })
    .nullable()
    .describe('what the sources still have; null if they could not be read'),
  unread: ERROR_CODE.nullable().describe('why they could not be read; null if they were'),
})

export const ERASURE_LIST = z.strictObject({
  erasures: z
    .array(
      named('Erasure', 'An erasure on record, without keys.', {
        request: TEXT.describe('id of the request'),
        by: TEXT.describe('who asked for it'),
        why: TEXT.describe('the reason given'),
        at: INSTANT.describe('when'),
        erased: ERASED.describe('what was removed'),
      }),
    )
    .readonly()
    .describe('newest first'),
})
