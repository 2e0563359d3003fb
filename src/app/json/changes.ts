import * as z from 'zod'
import { CHANNELS } from '../../ports/changes.ts'
import { ERROR_CODE, FLAG, INSTANT, named, SECONDS, TEXT, WHOLE } from './parts.ts'

const CHANNEL = named('Channel', 'A channel of live changes.', {
  channel: z.enum(CHANNELS).describe('name of the queue'),
  waiting: WHOLE.describe('messages in the queue or in progress'),
  oldestSeconds: SECONDS.nullable().describe('age of the oldest change in progress'),
  refreshed: WHOLE.describe('changes refreshed since the writer started'),
  deadLettered: WHOLE.describe('dead letters since the writer started'),
  lastRefreshedAt: INSTANT.nullable().describe('when a change was last refreshed'),
  isBehind: FLAG.describe('whether the oldest change is older than a minute'),
})

export const CHANGES = named('Changes', 'The status of live changes.', {
  waiting: WHOLE.describe('changes of all channels that wait or are in progress'),
  oldestSeconds: SECONDS.nullable().describe('age of the oldest change in progress'),
  perSecond: z.number().nonnegative().describe('keys refreshed per second'),
  lastRefreshedAt: INSTANT.nullable().describe('when a change was last refreshed'),
  reasonsComparedAt: INSTANT.nullable().describe('when exception reasons were last compared'),
  paused: z
    .strictObject({ code: ERROR_CODE.describe('why'), reason: TEXT.describe('in words') })
    .nullable()
    .describe('why changes are not applied now; null if they are'),
  channels: z.array(CHANNEL).readonly().describe('by channel'),
})

export const STALE = named('Stale generation', 'A kept generation that missed a change.', {
  kept: z.enum(['live', 'previous', 'held back']).describe('which one'),
  run: TEXT.describe('id of the run that filled it'),
  generation: TEXT.describe('id of the generation'),
  reason: TEXT.describe('why it missed the change'),
  at: INSTANT.nullable().describe('when'),
})
