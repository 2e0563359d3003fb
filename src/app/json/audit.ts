import * as z from 'zod'
import { ERROR_CODE, INSTANT, named, TEXT } from './parts.ts'

const ENTRY = named('Audit entry', 'A change, or a look-up of personal data.', {
  id: TEXT.describe('id of the entry; later ones sort after it'),
  at: INSTANT.describe('when it began'),
  who: TEXT.describe('subject of the token, user of the machine, or a fixed text for the operator token or no sign-in'),
  roles: z.array(TEXT).readonly().describe('roles of the token; empty without a sign-in'),
  from: TEXT.describe('address of the caller, or machine of the command line'),
  what: TEXT.describe('the route, or the command'),
  subject: TEXT.nullable().describe('what it acted on; null for the installation as a whole'),
  why: TEXT.describe('the reason given; may be empty'),
  result: z
    .strictObject({
      at: INSTANT.describe('when it ended'),
      outcome: z
        .enum(['done', 'refused', 'failed'])
        .describe('`refused`: nothing was done; `failed`: it may have been done in part'),
      code: ERROR_CODE.nullable().describe(
        'why it was not done; null if it was done, or if the caller of a download left',
      ),
      rows: z
        .int()
        .nullable()
        .describe(
          'rows of a download that were sent, even if it broke off; null if it is not a download, or if not known',
        ),
    })
    .nullable()
    .describe('how it ended; null while it is in progress, or if its process died'),
})

export const AUDIT = z.strictObject({
  entries: z.array(ENTRY).readonly().describe('newest first'),
  next: TEXT.nullable().describe('`before` of the next page; null if there is none'),
})
export type AuditView = z.infer<typeof AUDIT>
