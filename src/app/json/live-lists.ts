import * as z from 'zod'
import { LIST_NAMES } from '../../domain/lists.ts'
import { DAY, ERROR_CODE, named, TEXT, WHOLE } from './parts.ts'

export const LIVE_LISTS = named('Lists of live', 'How the four lists of what is live are stored.', {
  kind: z
    .enum(['views', 'tables', 'java'])
    .nullable()
    .describe("`java`: the Java services' indexes, as they were adopted; null if it is not known"),
  tableDay: DAY.nullable().describe('the day that the tables are for; null for others'),
  rows: z
    .record(z.enum(LIST_NAMES), WHOLE)
    .nullable()
    .describe('rows of each table now, those that other programs wrote too; null for others'),
  notKnown: z
    .strictObject({ code: ERROR_CODE.describe('error code'), reason: TEXT.describe('in words') })
    .nullable()
    .describe('why it is not known; null if it is'),
})
